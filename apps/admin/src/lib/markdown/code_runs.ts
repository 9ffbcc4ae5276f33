/** How a line of code is coloured: lengths in characters and places in {@linkcode CODE_CLASSES}, by turns. */
export type LineRuns = readonly number[];

/** What parts of code there are to colour; the first is all the rest. */
export const CODE_CLASSES: readonly string[] = [
  "",
  "constant",
  "string",
  "comment",
  "keyword",
  "parameter",
  "function",
  "string-expression",
  "punctuation",
  "link",
  "inserted",
  "deleted",
  "changed",
];
