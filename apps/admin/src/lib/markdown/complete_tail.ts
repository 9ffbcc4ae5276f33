import { blockMathAt } from "./math_source.ts";

/**
 * The unfinished end of a text as a reader should see it for the moment.
 *
 * Markup that is half written is completed or held back, so that nothing flashes up that the next letters take back.
 * Only what is shown while more is to come goes through here; the text itself stays as it is.
 */
export function completeTail(tail: string): string {
  const fence = openFence(tail);
  if (fence !== undefined) return holdBackClosing(tail, fence);
  const table = completeTable(tail);
  if (table !== undefined) return table;
  const text = holdBackLine(tail);
  const start = startOfRun(text);
  return text.slice(0, start) + completeInline(text.slice(start));
}

const FENCE = /^(?: {0,3}(?:[-*+>]|\d{1,9}[.)]) +)* *(`{3,}|~{3,})([^\n]*)$/;

/** The marks of a fence that is not closed yet. */
function openFence(tail: string): string | undefined {
  let open: string | undefined;
  for (const line of tail.split("\n")) {
    const [, marks = "", info = ""] = FENCE.exec(line) ?? [];
    if (marks === "") continue;
    if (open === undefined) {
      if (marks.startsWith("~") || !info.includes("`")) open = marks;
    } else if (marks.startsWith(open) && info.trim() === "") open = undefined;
  }
  return open;
}

/** Without the first marks of a fence's end. */
function holdBackClosing(tail: string, fence: string): string {
  const at = tail.lastIndexOf("\n") + 1;
  const last = tail.slice(at).trim();
  const isPart = last !== "" && at > 0 && fence.startsWith(last);
  return isPart ? tail.slice(0, at) : tail;
}

/** Marks alone on a line: of a list, a heading, a quote, an underline or a fence, nobody can tell yet. */
const MARKS_ALONE = /^[ \t>]*(?:[-*+=_~#|`$\\]{1,6}|\d{1,3}[.)]?|[-*+] \[[ xX]?\]?|\[[^\]\n]*\]?:?)?[ \t]*$/;

function holdBackLine(text: string): string {
  const at = text.lastIndexOf("\n") + 1;
  const line = text.slice(at);
  // A number alone may be a whole line; only after other lines could it turn into a list's mark.
  return line !== "" && MARKS_ALONE.test(line) ? text.slice(0, at) : text;
}

const DELIMITER_PART = /^ {0,3}\|?[ :|-]*$/;

/** A table whose second line is still to come, with that line. */
function completeTable(text: string): string | undefined {
  const blank = text.lastIndexOf("\n\n");
  const block = text.slice(blank < 0 ? 0 : blank + 2).replace(/^\n+/, "");
  const [header = "", delimiter = "", ...rows] = block.split("\n");
  if (!/^ {0,3}\|[^|]/.test(header) || rows.length > 0 || !DELIMITER_PART.test(delimiter)) return undefined;
  const closed = header.trimEnd().endsWith("|") ? header.trimEnd() : `${header}|`;
  const cells = closed.replace(/\\\|/g, "").split("|").length - 2;
  return `${text.slice(0, text.length - block.length)}${closed}\n|${"---|".repeat(cells)}`;
}

/** Where the line of text begins that is being written: behind the last blank line or mark of a block, or in a cell. */
function startOfRun(text: string): number {
  const blank = text.lastIndexOf("\n\n");
  let start = blank < 0 ? 0 : blank + 2;
  for (const { index } of text.slice(start).matchAll(/(?<=^|\n)[ \t>]*(?:[-*+] |\d{1,9}[.)] |#{1,6} |\|)/g)) {
    if (index > 0) start = (blank < 0 ? 0 : blank + 2) + index;
  }
  const line = text.slice(start);
  return /^[ \t>]*\|/.test(line) ? start + line.lastIndexOf("|") + 1 : start;
}

const CODE = /(?<!`)(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g;
const TEX = /\\\([\s\S]*?\\\)|\\\[[\s\S]*?\\\]|\$[^$\n]+\$/g;
const ESCAPED = /\\[\s\S]/g;
const blank = (whole: string) => "\u0001".repeat(whole.length);

function completeInline(run: string): string {
  if (blockMathAt(run) !== undefined) return run;
  // What is whole already is hidden under a letter, so that its marks count no more.
  const masked = run.replace(CODE, blank).replace(TEX, blank);
  const code = /(?<!`)(`+)(?!`)/.exec(masked);
  if (code !== null) {
    const marks = code[1] ?? "";
    const before = completeInline(run.slice(0, code.index));
    const rest = run.slice(code.index);
    return (
      before + (rest.slice(marks.length).trim() === "" ? "" : rest.trimEnd() + (rest.endsWith("`") ? " " : "") + marks)
    );
  }
  const tex = /\\[([]|(?<![\p{L}\p{N}$\\])\$(?=[\p{L}\\])/u.exec(masked);
  if (tex !== null && looksLikeTex(run.slice(tex.index), tex[0])) {
    const formula = run.slice(tex.index + tex[0].length).trim();
    return completeInline(run.slice(0, tex.index)) + (formula === "" || formula.includes("`") ? "" : `\`${formula}\``);
  }
  return closeMarks(shortenLink(run, masked));
}

/** A dollar sign alone is a price or a variable, until TeX follows it on the same line. */
function looksLikeTex(rest: string, opener: string): boolean {
  return opener === "$" ? /^\$[^\s$]*[\\^_{]/.test(rest) && !rest.includes("\n") : true;
}

/** A link whose address is being written shows what it will say, and an image too. */
function shortenLink(run: string, masked: string): string {
  const match = /!?\[([^[\]]*)\]\([^()\s]*(?:\([^()\s]*\)?[^()\s]*)?(?:\s+["'][^"')]*["']?)?$/.exec(
    masked.replace(ESCAPED, blank),
  );
  if (match === null) return run;
  const start = match.index + (match[0].startsWith("!") ? 2 : 1);
  return run.slice(0, match.index) + run.slice(start, start + (match[1] ?? "").length);
}

/** Closes emphasis that is still open; marks behind which nothing has come yet are held back. */
function closeMarks(run: string): string {
  const open: { marks: string; at: number }[] = [];
  const masked = run.replace(CODE, blank).replace(TEX, blank).replace(ESCAPED, blank);
  for (const { 0: marks, index } of masked.matchAll(/\*{1,3}|_{1,3}|~~/g)) {
    const before = masked[index - 1] ?? " ";
    const after = masked[index + marks.length] ?? "";
    const isWord = marks.startsWith("_") && /[\p{L}\p{N}]/u.test(before) && /[\p{L}\p{N}]/u.test(after);
    if (isWord) continue;
    const partner = open.findLastIndex((one) => one.marks === marks);
    if (partner >= 0 && !/\s/.test(before)) open.splice(partner);
    else if (after !== "" && !/\s/.test(after)) open.push({ marks, at: index });
    else if (after === "") return closeMarks(run.slice(0, index));
  }
  const last = open.at(-1);
  if (last === undefined) return run;
  const text = run.trimEnd();
  return (
    text +
    open
      .toReversed()
      .map(({ marks }) => marks)
      .join("") +
    run.slice(text.length)
  );
}
