/** A partial text in two parts: what a target is handed, and the end that it shall repeat to prove where it joins. */
export interface Anchor {
  /** Ends at a word boundary, without blanks; empty where the text is too short to be split. */
  handed: string;
  /** The rest, blanks included: `handed + tail` is the text, or its end. */
  tail: string;
  /** The text is so long that its end alone is handed over. */
  isShortened?: true;
}

/**
 * Most of a partial text that is sent along, in UTF-16 code units: some 60 thousand tokens, twice the longest answer that models
 * are asked for. What is longer has run away, and sending it whole would fill every window and cost more than the answer.
 */
export const MAX_HANDED_CHARS = 256 * 1024;

/** Length of the tail that is aimed at, in UTF-16 code units: long enough to be unique, short enough to be repeated gladly. */
const TAIL_LENGTH = 50;

/** Shorter texts are asked for anew: repeating them costs less than explaining where they stopped. */
const SHORTEST_SPLIT = 32;

/** How much farther back a blank is looked for, before a text without blanks is split between graphemes. */
const REACH = 60;

const BLANK = /\s/;

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/**
 * Splits a partial text for a continuation.
 *
 * The model is handed the text up to some 50 characters before the cut, at a word boundary: what it then repeats shows the
 * exact seam, whatever it does with blanks, and however the cut fell into a word or a grapheme.
 *
 * @param maxHandedChars Most that is handed over, in UTF-16 code units; of a longer text the end alone.
 */
export function splitAtAnchor(text: string, maxHandedChars = MAX_HANDED_CHARS): Anchor {
  const end = text.trimEnd().length;
  if (end < SHORTEST_SPLIT) return { handed: "", tail: text };
  const target = end - Math.min(TAIL_LENGTH, Math.floor(end / 2));
  const at = wordBoundaryBefore(text, target) ?? graphemeBoundaryBefore(text, target);
  if (text.slice(0, at).trim() === "") return { handed: "", tail: text };
  const tail = text.slice(at);
  if (at <= maxHandedChars) return { handed: text.slice(0, at), tail };
  const lowest = at - maxHandedChars;
  const blank = text.slice(lowest, lowest + REACH).search(BLANK);
  const from = blank >= 0 ? lowest + blank + 1 : graphemeBoundaryBefore(text, lowest + REACH);
  return { handed: text.slice(from, at), tail, isShortened: true };
}

/** The end of the last word that ends at or before `target`; `undefined` if none is near. */
function wordBoundaryBefore(text: string, target: number): number | undefined {
  const lowest = Math.max(1, target - REACH);
  for (let at = target; at >= lowest; at--) {
    if (BLANK.test(text.charAt(at)) && !BLANK.test(text.charAt(at - 1))) return at;
  }
  return undefined;
}

function graphemeBoundaryBefore(text: string, target: number): number {
  // A boundary far enough back is found without segmenting the whole text: clusters are short.
  const from = Math.max(0, target - REACH);
  let boundary = 0;
  for (const { index } of graphemes.segment(text.slice(from, target + REACH))) {
    if (from + index > target) break;
    // The slice may begin within a cluster; its first boundary proves nothing unless it is the text's.
    if (index > 0 || from === 0) boundary = from + index;
  }
  return boundary;
}
