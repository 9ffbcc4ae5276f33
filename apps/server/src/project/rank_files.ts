import type { IndexedFile } from "./project_index.ts";
import type { QuestionWords } from "./question_words.ts";
import { namePartsOf } from "./question_words.ts";

export interface RankedFile {
  file: IndexedFile;
  score: number;
  /** Whether the question names it. */
  isNamed: boolean;
  /** Whether words of the question stand in its path or its symbols. */
  isMatched: boolean;
}

const ENTRY =
  /^(?:main|index|app|server|mod|lib|cli|manage|program|routes|router|urls|settings|config|schema|models?)$/i;

/** Orders files by how much they tell about a question: those that it names, those that match its words, then the most important ones. */
export function rankFiles(files: readonly IndexedFile[], { words, paths }: QuestionWords): RankedFile[] {
  const asked = new Set(words);
  const importance = importances(files);
  const asksForTests = asked.has("test") || asked.has("tests") || asked.has("spec");
  return files
    .map((file): RankedFile => {
      const path = file.path.normalize("NFC").toLowerCase();
      const isNamed = paths.some((named) => path === named || path.endsWith(`/${named}`));
      const inFolders = paths.some((named) => named.includes("/") && path.startsWith(`${named}/`));
      const match = matchOf(file, asked);
      const isMatched = isNamed || inFolders || match > 0;
      let score = (isNamed ? 1_000 : 0) + (inFolders ? 150 : 0) + match + (importance.get(file) ?? 0);
      if (file.role === "test" && !asksForTests && !isNamed) score *= 0.4;
      if (file.role === "generated" && !isNamed) score = 0;
      return { file, score, isNamed, isMatched };
    })
    .sort((one, other) => other.score - one.score || (one.file.path < other.file.path ? -1 : 1));
}

/** Of an index that has not changed it stays the same. */
const known = new WeakMap<readonly IndexedFile[], ReadonlyMap<IndexedFile, number>>();

function importances(files: readonly IndexedFile[]): ReadonlyMap<IndexedFile, number> {
  const found = known.get(files) ?? new Map(files.map((file) => [file, importanceOf(file)]));
  known.set(files, found);
  return found;
}

function matchOf({ path, digest }: IndexedFile, asked: ReadonlySet<string>): number {
  if (asked.size === 0) return 0;
  const names = path.normalize("NFC").split("/");
  const own = wordsOf(names.pop() ?? "");
  let match = 60 * countIn(own, asked) + 20 * countIn(names.flatMap(wordsOf), asked);
  let bySymbols = 0;
  const list = [...asked];
  for (const { name } of digest?.symbols ?? []) {
    const plain = name.toLowerCase();
    if (asked.has(plain)) bySymbols += 80;
    // Taking names apart costs much; few hold a word at all.
    else if (list.some((word) => plain.includes(word))) bySymbols += 8 * countIn(wordsOf(name), asked);
  }
  for (const { text } of digest?.headings ?? []) bySymbols += 6 * countIn(wordsOf(text), asked);
  match += Math.min(160, bySymbols);
  return match;
}

const wordsOf = (name: string) => namePartsOf(name).map((word) => word.toLowerCase());

function countIn(words: readonly string[], asked: ReadonlySet<string>): number {
  return new Set(words.filter((word) => asked.has(word) || (word.endsWith("s") && asked.has(word.slice(0, -1))))).size;
}

/** How much a file tells of a project by itself. */
function importanceOf({ path, role, language, digest, importedBy }: IndexedFile): number {
  const depth = path.split("/").length - 1;
  const stem = path.slice(path.lastIndexOf("/") + 1).split(".", 1)[0] ?? "";
  let importance = 10 - Math.min(10, 2 * depth);
  if (language?.isCode) importance += 12;
  if (digest !== undefined) importance += Math.min(8, digest.symbols.length / 2);
  if (ENTRY.test(stem) && language?.isCode) importance += 14;
  if (role === "source") importance += 7 * Math.log2(1 + importedBy);
  return importance;
}
