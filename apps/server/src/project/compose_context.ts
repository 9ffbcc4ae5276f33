import { join } from "node:path";
import { ContextWriter, shownPath } from "./context_writer.ts";
import { excerptOf } from "./excerpt.ts";
import { isReadme } from "./file_roles.ts";
import { readGitState } from "./git_state.ts";
import { instructionsFor } from "./instructions.ts";
import { maskSecrets } from "./mask_secrets.ts";
import { overviewLines } from "./overview_lines.ts";
import type { ProjectContext, ProjectSettings, SectionKind } from "./project_context.ts";
import type { IndexedFile, ProjectIndex } from "./project_index.ts";
import { questionWords } from "./question_words.ts";
import type { RankedFile } from "./rank_files.ts";
import { rankFiles } from "./rank_files.ts";
import { readText } from "./read_text.ts";
import { treeLines } from "./tree_lines.ts";

/** Parts of the budget that sections take at most; what they leave, and the rest, goes to excerpts. */
const SHARES = { overview: 0.1, tree: 0.18, manifests: 0.12, documents: 0.12, symbols: 0.16 } as const;

const MAX_EXCERPTS = 40;
/** A shorter excerpt tells nothing. */
const LEAST_EXCERPT = 400;

/** Writes what is sent of a project along with a question; the parts that depend on the question come last. */
export function composeContext(settings: ProjectSettings, index: ProjectIndex, question: string): ProjectContext {
  const { maxCharacters: budget, secrets, directory } = settings;
  const asked = questionWords(question);
  const ranked = rankFiles(index.files, asked);
  const important = rankFiles(index.files, { words: [], paths: [] });
  const writer = new ContextWriter({ budget, mark: index.version, secrets });
  const composer = new Composer(settings, writer, new Set(asked.words));

  writer.add({ kind: "instructions" }, "", instructionsFor(index.name, index.version));
  const overview = overviewLines(index, readGitState(directory));
  writer.add({ kind: "overview" }, "overview", overview, budget * SHARES.overview);
  const treeRoom = Math.floor(budget * SHARES.tree);
  const lines = treeLines(index.files, treeRoom - writer.headLength("tree of files") - 2);
  writer.add({ kind: "tree" }, "tree of files", lines, treeRoom);
  // Nearest to the project's folder first, as the index has them.
  composer.addFiles("manifest", index.files.filter(isTellingManifest), budget * SHARES.manifests, budget * 0.05);
  const readmes = index.files.filter(({ path }) => isReadme(path)).sort(byPlainness);
  composer.addFiles("document", readmes, budget * SHARES.documents * 0.7, budget * 0.06);
  writer.add({ kind: "document" }, "headings of documents", headingLines(index.files), budget * SHARES.documents * 0.3);
  // The symbols of files that the question is about, then of the most important ones.
  const told = [...ranked.filter(({ isMatched }) => isMatched), ...important.filter(({ score }) => score > 0)];
  const symbols = symbolLines(told);
  writer.add({ kind: "symbols" }, "symbols of source files (name:line)", symbols, budget * SHARES.symbols);
  composer.addExcerpts(ranked);
  return writer.finish(index.name, index.version);
}

const isTellingManifest = ({ role, digest, path }: IndexedFile) =>
  digest !== undefined && (role === "manifest" || role === "workflow") && !/(?:^|\/)tsconfig[^/]*\.json$/.test(path);

/** `README.md` comes before its translations. */
function byPlainness({ path: one }: IndexedFile, { path: other }: IndexedFile): number {
  const rank = (path: string) => 100 * path.split("/").length + path.split(".").length;
  return rank(one) - rank(other);
}

function headingLines(files: readonly IndexedFile[]): string[] {
  return files.flatMap(({ path, digest }) => {
    if (digest === undefined || digest.headings.length === 0) return [];
    const headings = digest.headings.filter(({ level }) => level <= 3).slice(0, 12);
    return [`${shownPath(path)}: ${headings.map(({ text, line }) => `${text}:${line}`).join(" · ")}`];
  });
}

function symbolLines(ranked: readonly RankedFile[]): string[] {
  const lines = new Map<string, string>();
  for (const { file } of ranked) {
    const { path, digest, role } = file;
    if (digest === undefined || digest.symbols.length === 0 || role === "generated" || lines.has(path)) continue;
    const names = digest.symbols.slice(0, 25).map(({ name, line }) => `${name}:${line}`);
    const more = digest.symbols.length > names.length ? ", …" : "";
    lines.set(path, `${shownPath(path)}: ${names.join(", ")}${more}`);
  }
  return [...lines.values()];
}

/** Adds pieces of files, each file once. */
class Composer {
  readonly #settings: ProjectSettings;
  readonly #writer: ContextWriter;
  readonly #words: ReadonlySet<string>;
  readonly #added = new Set<string>();

  constructor(settings: ProjectSettings, writer: ContextWriter, words: ReadonlySet<string>) {
    this.#settings = settings;
    this.#writer = writer;
    this.#words = words;
  }

  addFiles(kind: SectionKind, files: readonly IndexedFile[], room: number, most: number): void {
    const end = this.#writer.room - room;
    for (const file of files) {
      const left = this.#writer.room - end;
      if (left < LEAST_EXCERPT) return;
      this.#add(kind, file, Math.min(left, most));
    }
  }

  /** The first ones get most: a question that names files is about them. */
  addExcerpts(ranked: readonly RankedFile[]): void {
    const whole = this.#writer.room;
    let count = 0;
    for (const { file, score, isNamed, isMatched } of ranked) {
      const { room } = this.#writer;
      if (room < LEAST_EXCERPT || count === MAX_EXCERPTS || score <= 0) return;
      if (this.#added.has(file.path) && !isNamed) continue;
      if (file.role === "generated" && !isNamed) continue;
      if (!file.language?.isCode && !isMatched) continue;
      const most = isNamed ? whole * 0.5 : isMatched ? whole * 0.2 : whole * 0.12;
      if (this.#add("excerpt", file, Math.min(room, Math.max(most, 1_500)))) count += 1;
    }
  }

  #add(kind: SectionKind, file: IndexedFile, limit: number): boolean {
    const { directory, secrets } = this.#settings;
    const read = readText(join(directory, file.path), file);
    // Masked as a whole: a piece may hold half a secret.
    if (typeof read !== "object") return false;
    const path = shownPath(file.path);
    const title = (lines: string) => `${kind}: ${path} (${lines})`;
    const head = this.#writer.headLength(
      title("lines 99999-99999 of 99999, with gaps; only its beginning was looked into"),
    );
    const text = maskSecrets(read.text, secrets);
    const { lines, runs, of } = excerptOf(text, this.#words, limit - head - 2);
    const [first, last] = [runs[0], runs.at(-1)];
    if (first === undefined || last === undefined) return false;
    const gaps = runs.length > 1 ? ", with gaps" : "";
    const cut = read.isCut ? "; only its beginning was looked into" : "";
    const told = runs.length === 1 && last[1] === of && first[0] === 1 && !read.isCut;
    const range = told ? `all ${of} lines` : `lines ${first[0]}-${last[1]} of ${of}${gaps}${cut}`;
    this.#writer.add({ kind, path, lines: { runs, of } }, title(range), lines, limit);
    this.#added.add(file.path);
    return true;
  }
}
