/**
 * Beginnings with which models announce a continuation instead of continuing. Matched only at the very beginning, and only up to
 * a colon, a dash or a line's end, so that an answer's own words are rarely taken for one.
 */
const PREAMBLE =
  /^\s*(?:(?:sure|certainly|of course|absolutely|okay|ok|apologies|sorry|here(?:'s| is| are)|continuing|let me continue|i(?:'ll| will) continue|picking up|resuming)\b|(?:بالتأكيد|بالطبع|طبع[ًا]+|حسن[ًا]+|تمام[ًا]+|أكيد|عذر[ًا]+|آسف|إليك|سأ(?:كمل|تابع|واصل)|أ(?:كمل|تابع|واصل)|تكملة|متابعة|استكمال))[^\n:—]{0,160}(?:[:—]|\n)\s*/iu;

/** The text without an announcement at its beginning, if it has one. */
export function withoutPreamble(text: string): string {
  return text.replace(PREAMBLE, "");
}
