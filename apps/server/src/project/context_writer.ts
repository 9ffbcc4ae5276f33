import { maskSecrets } from "./mask_secrets.ts";
import type { ContextSection, ProjectContext } from "./project_context.ts";

/** What is told of a section beside its text. */
export type SectionSubject = Pick<ContextSection, "kind" | "path" | "lines">;

/** Writes the text of a context and where its sections stand; never more than the budget. */
export class ContextWriter {
  readonly #budget: number;
  readonly #mark: string;
  readonly #secrets: readonly string[];
  readonly #sections: ContextSection[] = [];
  #text = "";

  /** `mark` stands in every section's first line: no file can hold it, so none can pretend to begin a section. */
  constructor({ budget, mark, secrets }: { budget: number; mark: string; secrets: readonly string[] }) {
    this.#budget = budget;
    this.#mark = mark;
    this.#secrets = secrets;
  }

  /** Characters that are left. */
  get room(): number {
    return this.#budget - this.#text.length;
  }

  /** Characters of a section with this title before its own lines begin. */
  headLength(title: string): number {
    return this.#headOf(title).length;
  }

  /** Adds a section, its last lines left out where the room ends; a section without a line is not begun. */
  add(subject: SectionSubject, title: string, lines: readonly string[], limit = this.room): void {
    const head = subject.kind === "instructions" ? "" : this.#headOf(title);
    const kept = fitLines(lines, Math.min(limit, this.room) - head.length);
    if (kept.length === 0) return;
    // Names of files, too, can hold what looks like a key; a mask may be longer than what it hides.
    const text = `${this.#masked(head + kept.join("\n"))}\n\n`.slice(0, this.room);
    const start = this.#text.length;
    this.#text += text;
    const { path } = subject;
    const named = path === undefined ? subject : { ...subject, path: this.#masked(path) };
    this.#sections.push({ ...named, start, end: this.#text.length });
  }

  finish(project: string, version: string): ProjectContext {
    return { project, version, text: this.#text, sections: this.#sections };
  }

  #masked(text: string): string {
    return maskSecrets(text, this.#secrets);
  }

  #headOf(title: string): string {
    return `=== [${this.#mark}] ${title} ===\n`;
  }
}

/** The first lines that fit, two line breaks at the end counted in; the last one tells how many are missing. */
export function fitLines(lines: readonly string[], limit: number): string[] {
  const total = lines.reduce((sum, line) => sum + line.length + 1, 1);
  if (total <= limit) return [...lines];
  const kept: string[] = [];
  let length = "… 999,999 more lines\n\n".length;
  for (const line of lines) {
    length += line.length + 1;
    if (length > limit) break;
    kept.push(line);
  }
  return kept.length === 0 ? [] : [...kept, `… ${lines.length - kept.length} more lines`];
}

const HIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/** A path as it can be shown: what would break its line, or turn it around, stands as its number. */
export function shownPath(path: string): string {
  return path.replace(HIDDEN, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
