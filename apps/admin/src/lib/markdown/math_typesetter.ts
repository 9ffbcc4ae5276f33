import { renderToString } from "katex";

/** No length in a formula is more than this, in em. */
const LARGEST_SIZE_EM = 20;
/** So many macros are expanded at most. */
const MOST_EXPANSIONS = 300;
/** Longer formulas are shown as their source, in characters. */
const LONGEST_FORMULA = 4000;

/**
 * Typesets TeX; `undefined` where it can't be.
 *
 * No command that brings addresses, images, classes, styles or identifiers into the page is trusted.
 */
export function typeset(tex: string, isDisplay: boolean): string | undefined {
  if (tex.length > LONGEST_FORMULA) return undefined;
  try {
    return renderToString(tex, {
      displayMode: isDisplay,
      output: "htmlAndMathml",
      throwOnError: true,
      trust: false,
      // What LaTeX itself would refuse, but readers understand, is set all the same, such as Arabic letters; never HTML.
      strict: (code: string) => (code === "htmlExtension" ? "error" : "ignore"),
      maxSize: LARGEST_SIZE_EM,
      maxExpand: MOST_EXPANSIONS,
    });
  } catch {
    return undefined;
  }
}
