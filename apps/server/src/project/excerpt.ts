import { namePartsOf } from "./question_words.ts";

/** A longer line is cut. */
const MAX_LINE = 300;
/** Lines of the beginning that come before any other: they say what a file is. */
const HEAD = 12;

export interface Excerpt {
  /** Each with its number; a line `…` stands where some were left out. */
  lines: string[];
  runs: [from: number, to: number][];
  of: number;
}

/** The lines of a text that tell most about a question's words, in a number of characters. */
export function excerptOf(text: string, words: ReadonlySet<string>, limit: number): Excerpt {
  const all = text.split("\n");
  if (all.at(-1) === "") all.pop();
  const width = String(all.length).length;
  const shown = all.map((line, index) => `${String(index + 1).padStart(width)}| ${shorten(line)}`);
  const taken = new Set<number>();
  // Room for the sign that something is left out.
  let room = limit - 4;
  for (const index of inOrderOfWorth(all, words)) {
    if (taken.has(index)) continue;
    const cost = (shown[index]?.length ?? 0) + 1;
    // Each new run may need a sign of its own before it.
    const sign = taken.has(index - 1) || taken.has(index + 1) ? 0 : 2;
    if (cost + sign > room) break;
    room -= cost + sign;
    taken.add(index);
  }
  return { ...linesOf(shown, taken), of: all.length };
}

function* inOrderOfWorth(all: readonly string[], words: ReadonlySet<string>): Generator<number> {
  for (let index = 0; index < Math.min(HEAD, all.length); index += 1) yield index;
  const matched = words.size === 0 ? [] : [...all.keys()].filter((index) => speaksOf(all[index] ?? "", words));
  // A word on every line tells no line from the others.
  if (matched.length <= all.length / 3) {
    for (const index of matched) {
      for (let near = Math.max(0, index - 2); near < Math.min(all.length, index + 15); near += 1) yield near;
    }
  }
  yield* all.keys();
}

function speaksOf(line: string, words: ReadonlySet<string>): boolean {
  if (line.length > 2_000) return false;
  return namePartsOf(line).some((word) => word.length > 2 && words.has(word.toLowerCase()));
}

function linesOf(shown: readonly string[], taken: ReadonlySet<number>): Pick<Excerpt, "lines" | "runs"> {
  const lines: string[] = [];
  const runs: [number, number][] = [];
  for (const [index, line] of shown.entries()) {
    if (!taken.has(index)) continue;
    const run = runs.at(-1);
    if (run !== undefined && run[1] === index) run[1] = index + 1;
    else {
      if (index > 0) lines.push("…");
      runs.push([index + 1, index + 1]);
    }
    lines.push(line);
  }
  if (runs.length > 0 && (runs.at(-1)?.[1] ?? 0) < shown.length) lines.push("…");
  return { lines, runs };
}

function shorten(line: string): string {
  return line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}…` : line;
}
