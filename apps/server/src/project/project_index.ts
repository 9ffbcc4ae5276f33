import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Digest } from "./digest.ts";
import { digest, stemOf } from "./digest.ts";
import type { FileRole } from "./file_roles.ts";
import { roleOf } from "./file_roles.ts";
import type { Language } from "./languages.ts";
import { languageOf } from "./languages.ts";
import type { ProjectSettings } from "./project_context.ts";
import { readText } from "./read_text.ts";
import { shownName } from "./shown_name.ts";
import type { LeftOut, Walked, WalkedFile } from "./walk.ts";
import { walk } from "./walk.ts";

/** All texts together that are looked into, in files and bytes; of the others only name and size are told. */
const MAX_READ_FILES = 8_000;
const MAX_READ_BYTES = 64 * 1024 * 1024;

export interface IndexedFile extends WalkedFile {
  role: FileRole;
  language: Language | undefined;
  /** Absent for what is no text, can't be read, or is beyond what is looked into. */
  digest: Digest | undefined;
  /** How many files import one of this name. */
  importedBy: number;
}

export interface ProjectIndex {
  name: string;
  /** Changes with the files' names, sizes and times. */
  version: string;
  files: readonly IndexedFile[];
  leftOut: LeftOut;
  /** Whether limits of depth or number kept files from being listed. */
  isWhole: boolean;
  /** Whether all texts were looked into. */
  isAllRead: boolean;
}

/** What was found before: of files that have not changed it is used again. */
export interface IndexMemory {
  index?: ProjectIndex;
  digests: Map<string, { file: WalkedFile; digest: Digest | undefined }>;
}

/**
 * Indexes a folder; reads only what has changed since `memory` was filled.
 *
 * @throws {Error} If the folder itself can't be read.
 */
export function indexProject(settings: ProjectSettings, memory: IndexMemory = { digests: new Map() }): ProjectIndex {
  const { directory, leftOut: omitted } = settings;
  const walked = walk(directory, omitted);
  const version = versionOf(walked);
  if (memory.index?.version === version) return memory.index;
  let readFiles = 0;
  let readBytes = 0;
  let isAllRead = true;
  const seen = new Set<string>();
  const files = walked.files.map((file): IndexedFile => {
    const role = roleOf(file.path);
    const language = languageOf(file.path);
    let found: Digest | undefined;
    // What programs wrote and what has no known language tells little for what reading it costs.
    if ((language !== undefined || role !== "source") && role !== "generated") {
      if (readFiles < MAX_READ_FILES && readBytes < MAX_READ_BYTES) {
        readFiles += 1;
        readBytes += file.size;
        seen.add(file.path);
        found = recall(directory, file, memory);
      } else isAllRead = false;
    }
    return { ...file, role, language, digest: found, importedBy: 0 };
  });
  for (const path of memory.digests.keys()) if (!seen.has(path)) memory.digests.delete(path);
  countImports(files);
  const { leftOut, isWhole } = walked;
  memory.index = { name: shownName(directory), version, files, leftOut, isWhole, isAllRead };
  return memory.index;
}

function versionOf({ files, leftOut }: Walked): string {
  const hash = createHash("sha256").update(JSON.stringify(leftOut));
  for (const { path, size, changedAt, ino } of files) hash.update(`${path}\0${size}\0${changedAt}\0${ino}\0`);
  return hash.digest("hex").slice(0, 12);
}

function recall(directory: string, file: WalkedFile, { digests }: IndexMemory): Digest | undefined {
  const known = digests.get(file.path);
  const isSame =
    known?.file.size === file.size && known.file.changedAt === file.changedAt && known.file.ino === file.ino;
  if (known !== undefined && isSame) return known.digest;
  const read = readText(join(directory, file.path), file);
  const found = typeof read === "object" ? digest(file.path, read) : undefined;
  digests.set(file.path, { file, digest: found });
  return found;
}

/** A name that many files share says nothing about which of them is meant. */
const MAX_NAMESAKES = 3;

function countImports(files: readonly IndexedFile[]): void {
  const byStem = Map.groupBy(
    files.filter(({ digest: found }) => found !== undefined),
    ({ path }) => stemOf(path),
  );
  for (const { digest: found } of files) {
    for (const stem of found?.imports ?? []) {
      const named = byStem.get(stem) ?? [];
      if (named.length <= MAX_NAMESAKES) for (const file of named) file.importedBy += 1;
    }
  }
}
