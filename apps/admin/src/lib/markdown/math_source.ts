/** Mathematics found in a source. */
export interface MathSource {
  /** With its delimiters. */
  readonly raw: string;
  /** TeX between the delimiters. */
  readonly text: string;
  /** Whether it stands on lines of its own. */
  readonly isDisplay: boolean;
  /** Whether the closing delimiter is there. */
  readonly isClosed: boolean;
}

/** Longer than this it is no formula that anyone reads, in characters. */
const LONGEST_INLINE = 2000;

const BLOCK_OPENER = /^ {0,3}(\$\$|\\\[)([^\n]*)/;
const BLANK_LINE = /\n[ \t]*(?:\n|$)/g;
const REST_OF_LINE = /^[ \t]*(?:\n+|$)/;

/**
 * Mathematics that begins a block: `$$…$$` or `\[…\]`, up to the end of a line.
 *
 * A blank line ends the hope for a closing delimiter. Until one of both has come, the whole rest is an unclosed block,
 * so that no line of it is taken for a list or a heading.
 */
export function blockMathAt(source: string): MathSource | undefined {
  const opener = BLOCK_OPENER.exec(source);
  if (opener === null) return undefined;
  const [whole, mark = "", firstLine = ""] = opener;
  const start = whole.length - firstLine.length;
  const end = source.indexOf(mark === "$$" ? "$$" : "\\]", start);
  BLANK_LINE.lastIndex = start;
  const blank = BLANK_LINE.exec(source)?.index ?? source.length;
  const isAtEnd = source.slice(blank).trim() === "" && !source.slice(blank).includes("\n\n");
  if (end >= 0 && end < blank) {
    const isOneLine = end < whole.length;
    const rest = REST_OF_LINE.exec(source.slice(end + 2));
    const text = source.slice(start, end).trim();
    if (rest === null || text === "" || !(isOneLine || mayGoOn(firstLine))) return undefined;
    return { raw: source.slice(0, end + 2 + rest[0].length), text, isDisplay: true, isClosed: true };
  }
  if (end >= 0 || !isAtEnd || !mayGoOn(firstLine)) return undefined;
  return { raw: source, text: source.slice(start).trim(), isDisplay: true, isClosed: false };
}

/** Whether what follows an opening delimiter on its line lets the mathematics go on in the next: nothing, or TeX. */
function mayGoOn(firstLine: string): boolean {
  return firstLine.trim() === "" || /[\\^&=]/.test(firstLine);
}

const DOLLARS = /^\$(?![\s$])((?:\\[^\n]|[^$\\\n])+)\$(?![\p{L}\p{N}$])/u;
const TWO_DOLLARS = /^\$\$((?:\\[\s\S]|[^$\\])+)\$\$(?!\$)/;

/** Mathematics within a line of text: `\(…\)`, `$…$`, and in display `$$…$$` and `\[…\]`. */
export function inlineMathAt(source: string): MathSource | undefined {
  if (source.startsWith("\\(")) return between(source, "\\)", false);
  if (source.startsWith("\\[")) {
    const found = between(source, "\\]", true);
    // An escaped bracket around a number is a reference, not a formula.
    return found && /^[\d\s,–-]*$/.test(found.text) ? undefined : found;
  }
  if (!source.startsWith("$")) return undefined;
  const near = source.slice(0, LONGEST_INLINE);
  const display = TWO_DOLLARS.exec(near);
  if (display?.[1]?.trim()) return { raw: display[0], text: display[1].trim(), isDisplay: true, isClosed: true };
  const inline = DOLLARS.exec(near);
  const text = inline?.[1] ?? "";
  if (inline === null || /\s$/.test(text) || isProse(text)) return undefined;
  return { raw: inline[0], text, isDisplay: false, isClosed: true };
}

function between(source: string, closer: string, isDisplay: boolean): MathSource | undefined {
  const end = source.indexOf(closer, 2);
  const text = source.slice(2, Math.max(2, end)).trim();
  if (text === "" || end > LONGEST_INLINE) return undefined;
  return { raw: source.slice(0, end + 2), text, isDisplay, isClosed: true };
}

/** Whether what stands between two dollar signs reads as prose with prices: "$5 and 10$", "$5 أو 10$". */
function isProse(text: string): boolean {
  if (text.includes("\\")) return false;
  return /^[\d.,]+\s+\p{L}{2,}/u.test(text) || /\p{L}{3,}\s+\p{L}{2,}/u.test(text) || /\p{Script=Arabic}/u.test(text);
}
