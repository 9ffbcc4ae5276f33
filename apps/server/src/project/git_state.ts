import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { readText } from "./read_text.ts";

/** How much of the end of the log of changes is read, in bytes. */
const LOG_BYTES = 16 * 1024;
const MAX_CHANGES = 12;

export interface GitState {
  branch: string | undefined;
  /** Newest first. */
  changes: readonly { date: string; subject: string }[];
}

/** What a repository's own small files say of its branch and its last changes on this machine; no program is run. */
export function readGitState(directory: string): GitState | undefined {
  const folder = join(directory, ".git");
  try {
    // A file or a link here points to a folder elsewhere, which is none of the project's.
    if (!lstatSync(folder).isDirectory()) return undefined;
    const head = join(folder, "HEAD");
    const read = readText(head, lstatSync(head));
    const branch = typeof read === "object" ? /^ref: refs\/heads\/(.+)$/m.exec(read.text)?.[1] : undefined;
    return { branch, changes: changesOf(readEnd(join(folder, "logs", "HEAD"))) };
  } catch {
    return undefined;
  }
}

function readEnd(path: string): string {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch {
    return "";
  }
  try {
    const { size } = fstatSync(file);
    const bytes = new Uint8Array(Math.min(size, LOG_BYTES));
    return new TextDecoder().decode(bytes.subarray(0, readSync(file, bytes, 0, bytes.length, size - bytes.length)));
  } finally {
    closeSync(file);
  }
}

/** Lines are `old new name <mail> seconds zone TAB what: subject`; who did it is nobody's business. */
function changesOf(log: string): GitState["changes"] {
  const lines = log.trimEnd().split("\n").reverse();
  return lines
    .flatMap((line) => {
      const [, seconds, subject] =
        /> (\d+) [+-]\d{4}\t(?:commit[^:]*|merge[^:]*|cherry-pick|revert): (.+)$/.exec(line) ?? [];
      if (seconds === undefined || subject === undefined) return [];
      return [{ date: new Date(Number(seconds) * 1000).toISOString().slice(0, 10), subject: subject.slice(0, 120) }];
    })
    .slice(0, MAX_CHANGES);
}
