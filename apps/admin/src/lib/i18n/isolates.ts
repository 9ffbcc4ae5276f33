/** A text that keeps its own direction within another, where no element can be put around it (Unicode's LRI and PDI). */
export const leftToRight = (text: string) => `\u2066${text}\u2069`;

/** The same for a text from right to left (RLI and PDI). */
export const rightToLeft = (text: string) => `\u2067${text}\u2069`;
