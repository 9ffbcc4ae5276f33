/** Characters at a text's end by which its language is judged. */
const SAMPLE_LENGTH = 400;

/** The language in which a continuation is asked for: that of the answer, as far as we can write it. */
export function languageOf(text: string): "ar" | "en" {
  const sample = text.slice(-SAMPLE_LENGTH);
  const arabic = sample.match(/\p{Script=Arabic}/gu)?.length ?? 0;
  const latin = sample.match(/\p{Script=Latin}/gu)?.length ?? 0;
  // Code and names in an Arabic answer are Latin: it takes less than half to be Arabic.
  return arabic * 2 > latin && arabic > 0 ? "ar" : "en";
}
