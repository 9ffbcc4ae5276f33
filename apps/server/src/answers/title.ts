/** Longest title that is made of a question, in graphemes. */
const TITLE_LENGTH = 80;

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** A conversation's first title: its question in one line, cut between graphemes. */
export function titleOf(question: string): string {
  // A long question is cut roughly first: segmenting 100,000 characters for the first 80 would be a waste.
  const line = question
    .trim()
    .slice(0, TITLE_LENGTH * 20)
    .replace(/\s+/g, " ");
  const segments = [...graphemes.segment(line)];
  if (segments.length <= TITLE_LENGTH) return line;
  const cut = segments
    .slice(0, TITLE_LENGTH - 1)
    .map(({ segment }) => segment)
    .join("");
  return `${cut.trimEnd()}…`;
}
