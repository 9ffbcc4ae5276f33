/** What a part of the context tells. */
export type SectionKind = "instructions" | "overview" | "tree" | "manifest" | "document" | "symbols" | "excerpt";

/** A part of a context, as a range of its text in UTF-16 code units; the parts follow one another without a gap. */
export interface ContextSection {
  kind: SectionKind;
  /** Of the file that it is about, as it is told: from the project's folder on, with `/`, signs that can't be seen as their numbers. */
  path?: string | undefined;
  /** Which lines of the file stand in it, from 1; several runs where something between them was left out. */
  lines?: { runs: readonly (readonly [from: number, to: number])[]; of: number } | undefined;
  start: number;
  end: number;
}

/** What is sent of a project along with one question: the text to the letter, and where its parts stand in it. */
export interface ProjectContext {
  /** Name of the project's folder. */
  project: string;
  /** Changes with the folder's files. */
  version: string;
  text: string;
  sections: readonly ContextSection[];
}

/** A configured project; a question can be about it. */
export interface ProjectSettings {
  /** Absolute path of its folder. */
  readonly directory: string;
  /** Most characters of a context, its instructions included. */
  readonly maxCharacters: number;
  /** Absolute paths that are left out, whatever the ignore files say. */
  readonly leftOut: readonly string[];
  /** Values that never leave, wherever they stand. */
  readonly secrets: readonly string[];
}
