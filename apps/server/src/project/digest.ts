import { languageOf } from "./languages.ts";
import type { ReadText } from "./read_text.ts";

const MAX_SYMBOLS = 80;
const MAX_HEADINGS = 40;
const MAX_IMPORTS = 200;
const MAX_MARKS = 20;
/** A longer line was written by a program; it is not looked into. */
const MAX_LINE = 400;
/** With lines this long on average, no person wrote the file. */
const GENERATED_LINE = 1_000;

export interface FoundSymbol {
  name: string;
  kind: "class" | "function" | "type" | "value";
  /** From 1. */
  line: number;
}

/** What is kept of a text: names and headings, no lines of it. */
export interface Digest {
  /** Of what was read: fewer than the file has if it is cut. */
  lines: number;
  isCut: boolean;
  /** Whether a program wrote it, as its long lines say. */
  isGenerated: boolean;
  symbols: readonly FoundSymbol[];
  /** Of a document. */
  headings: readonly { text: string; level: number; line: number }[];
  /** Last parts of the paths that it imports. */
  imports: readonly string[];
  /** Lines on which it says that something is left to do. */
  marks: readonly { word: string; line: number }[];
}

const IMPORT =
  /^\s*(?:import|export)\b[^"']*?\bfrom\s+["']([^"']+)["']|^\s*import\s+["']([^"']+)["']|\b(?:require|import)\(\s*["']([^"']+)["']\s*\)|^\s*from\s+([\w.]+)\s+import\b|^\s*(?:import|use|using)\s+([\w.:\\]+)|^\s*#include\s+["<]([^">]+)[">]|^\s*(?:pub\s+)?mod\s+(\w+);/u;

const MARK = /(?:\/\/|#|\*|--|<!--|;|%)\s*(TODO|FIXME|HACK|XXX|BUG)\b/;

/** Of a line that may import something; most do not, and are told apart sooner by this. */
const MAY_IMPORT = /\b(?:import|export|require|from|use|using|mod)\b|#include/;

/** Reads from a text what tells of it. */
export function digest(path: string, { text, isCut }: ReadText): Digest {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const found = {
    symbols: [] as FoundSymbol[],
    headings: [] as { text: string; level: number; line: number }[],
    imports: new Set<string>(),
    marks: [] as { word: string; line: number }[],
  };
  const isGenerated = text.length / Math.max(1, lines.length) > GENERATED_LINE;
  const result = { lines: lines.length, isCut, isGenerated };
  if (isGenerated) return { ...result, symbols: [], headings: [], imports: [], marks: [] };
  const language = languageOf(path);
  const isMarkdown = language?.name === "Markdown";
  let isInFence = false;
  const hasMarks = MARK.test(text);
  for (const [index, content] of lines.entries()) {
    const line = index + 1;
    if (content.length > MAX_LINE || content === "") continue;
    if (isMarkdown) {
      if (/^\s*(?:```|~~~)/.test(content)) isInFence = !isInFence;
      const [, signs = "", heading] = /^(#{1,4})\s+(.+?)\s*#*$/.exec(content) ?? [];
      if (!isInFence && heading !== undefined && found.headings.length < MAX_HEADINGS) {
        found.headings.push({ text: heading, level: signs.length, line });
      }
      continue;
    }
    if (language?.isCode !== true) continue;
    // What stands deeper belongs to something that is named already.
    if (found.symbols.length < MAX_SYMBOLS && !/^(?:\t\t|\s{9})|^\s*[)}\]]/.test(content)) {
      for (const { kind, pattern } of language.symbols) {
        const name = pattern.exec(content)?.slice(1).find(Boolean);
        if (name === undefined) continue;
        found.symbols.push({ name, kind, line });
        break;
      }
    }
    if (found.imports.size < MAX_IMPORTS && MAY_IMPORT.test(content)) {
      const imported = IMPORT.exec(content)?.slice(1).find(Boolean);
      if (imported !== undefined) found.imports.add(stemOf(imported));
    }
    const word = hasMarks ? MARK.exec(content)?.[1] : undefined;
    if (word !== undefined && found.marks.length < MAX_MARKS) found.marks.push({ word, line });
  }
  return { ...result, ...found, imports: [...found.imports] };
}

/** The name by which others import a file: without folders and ending. */
export function stemOf(path: string): string {
  const last = path.split(/[/\\]|::/).at(-1) ?? path;
  if (/\.(?:[cm]?[jt]sx?|svelte|vue|py|go|rs|java|kt|php|rb|h|hpp|c|cc|cpp|cs|swift|dart)$/.test(last)) {
    return last.slice(0, last.lastIndexOf("."));
  }
  return last.split(".").at(-1) ?? last;
}
