const WORD_END = /[\p{L}\p{M}\p{N}]$/u;
const WORD_START = /^[\p{L}\p{N}]/u;
const CLAUSE_END = /[.,:;!?،؛؟…)\]»"”]$/u;

/**
 * Fits the beginning of a continuation to the end of a text where nothing proves the seam: words do not run together, and blanks
 * are not doubled. Where the seam is proved, what comes is the truth, blanks included, and nothing is fitted.
 */
export function fitJoint(text: string, rest: string): string {
  if (rest === "") return rest;
  if (/\s$/.test(text)) return rest.replace(/^[ \t]+/, "");
  if (!WORD_START.test(rest)) return rest;
  return WORD_END.test(text) || CLAUSE_END.test(text) ? ` ${rest}` : rest;
}
