import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { composeContext } from "./compose_context.ts";
import type { ProjectContext, ProjectSettings } from "./project_context.ts";
import { indexProject } from "./project_index.ts";

/** A real folder of a test, removed at the end. */
export interface ProjectFolder extends AsyncDisposable {
  path: string;
  write(files: Record<string, string | Uint8Array>): Promise<void>;
  settings(changes?: Partial<ProjectSettings>): ProjectSettings;
  /** Paths of all files that may be told of. */
  paths(changes?: Partial<ProjectSettings>): string[];
  context(question: string, changes?: Partial<ProjectSettings>): ProjectContext;
}

export async function projectFolder(files: Record<string, string | Uint8Array> = {}): Promise<ProjectFolder> {
  const path = await mkdtemp(join(tmpdir(), "cogniforge-project-"));
  const folder: ProjectFolder = {
    path,
    async write(more) {
      for (const [name, content] of Object.entries(more)) {
        await mkdir(dirname(join(path, name)), { recursive: true });
        await writeFile(join(path, name), content);
      }
    },
    settings: (changes) => ({ directory: path, maxCharacters: 20_000, leftOut: [], secrets: [], ...changes }),
    paths: (changes) => indexProject(folder.settings(changes)).files.map((file) => file.path),
    context(question, changes) {
      const settings = folder.settings(changes);
      return composeContext(settings, indexProject(settings), question);
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
  await folder.write(files);
  return folder;
}

/** What a context says of each of its sections, in order. */
export function sectionsOf({ text, sections }: ProjectContext): { kind: string; path?: string; text: string }[] {
  return sections.map(({ kind, path, start, end }) => ({
    kind,
    ...(path === undefined ? {} : { path }),
    text: text.slice(start, end),
  }));
}
