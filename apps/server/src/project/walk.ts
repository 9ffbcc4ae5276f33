import { type Dirent, lstatSync, readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { addRules, IGNORE_FILES, type IgnoreRules, isIgnored } from "./ignore_rules.ts";
import { isFolderLeftOut, isSecretName } from "./left_out.ts";
import { type FileIdentity, readText } from "./read_text.ts";

const MAX_DEPTH = 32;
/** Files and folders together. */
const MAX_ENTRIES = 100_000;

export interface WalkedFile extends FileIdentity {
  /** From the project's folder on, with `/`. */
  path: string;
  size: number;
  /** Epoch milliseconds. */
  changedAt: number;
}

/** How many entries are not among the files, and why. */
export interface LeftOut {
  ignored: number;
  secret: number;
  links: number;
  unreadable: number;
}

export interface Walked {
  /** Nearest to the project's folder first, then by name. */
  files: WalkedFile[];
  leftOut: LeftOut;
  /** Whether a limit of depth or of entries was met. */
  isWhole: boolean;
}

interface Folder {
  /** Empty for the project's own, else with `/` at the end. */
  path: string;
  depth: number;
  rules: IgnoreRules | undefined;
}

/**
 * Lists the files of a folder that may be told of.
 *
 * No link is followed, neither to files nor to folders: what it points to is met in its own place, or stands outside.
 *
 * @param omitted Absolute paths that are left out.
 * @throws {Error} If the folder itself can't be read.
 */
export function walk(directory: string, omitted: readonly string[] = []): Walked {
  const leftOut: LeftOut = { ignored: 0, secret: 0, links: 0, unreadable: 0 };
  const walked: Walked = { files: [], leftOut, isWhole: true };
  const without = new Set(omitted);
  const root = join(directory, sep);
  let entries = 0;
  const waiting: Folder[] = [{ path: "", depth: 0, rules: rulesOfRepository(directory) }];
  for (const folder of waiting) {
    let names: Dirent[];
    try {
      names = readdirSync(join(directory, folder.path), { withFileTypes: true });
    } catch (error) {
      if (folder.depth === 0) throw error;
      leftOut.unreadable += 1;
      continue;
    }
    names.sort((one, other) => (one.name < other.name ? -1 : 1));
    const siblings = new Set(names.map(({ name }) => name));
    // The mark of a Python environment, whatever its folder is called.
    if (folder.depth > 0 && siblings.has("pyvenv.cfg")) continue;
    const rules = rulesIn(directory, folder, siblings);
    for (const entry of names) {
      if (entries === MAX_ENTRIES) {
        walked.isWhole = false;
        return walked;
      }
      entries += 1;
      const path = folder.path + entry.name;
      const whole = root + path;
      if (entry.isSymbolicLink()) leftOut.links += 1;
      else if (without.has(whole)) leftOut.ignored += 1;
      else if (entry.isDirectory()) {
        // Known folders are not worth a word; who has one of these expects no more.
        if (isFolderLeftOut(entry.name, siblings)) continue;
        if (isIgnored(rules, `${path}/`)) leftOut.ignored += 1;
        else if (folder.depth === MAX_DEPTH) walked.isWhole = false;
        else waiting.push({ path: `${path}/`, depth: folder.depth + 1, rules });
      } else if (entry.isFile() && entry.name !== ".git") {
        if (isSecretName(entry.name)) leftOut.secret += 1;
        else if (isIgnored(rules, path)) leftOut.ignored += 1;
        else addFile(walked, whole, path);
      }
    }
  }
  return walked;
}

function addFile({ files, leftOut }: Walked, whole: string, path: string): void {
  try {
    const status = lstatSync(whole);
    const { dev, ino, size, mtimeMs } = status;
    if (status.isFile()) files.push({ path, dev, ino, size, changedAt: mtimeMs });
  } catch {
    leftOut.unreadable += 1;
  }
}

/** What a repository ignores on this machine alone. */
function rulesOfRepository(directory: string): IgnoreRules | undefined {
  const text = textOf(join(directory, ".git", "info", "exclude"));
  return text === undefined ? undefined : addRules(undefined, "", [text]);
}

function rulesIn(directory: string, { path, rules }: Folder, siblings: ReadonlySet<string>): IgnoreRules | undefined {
  const texts = IGNORE_FILES.filter((name) => siblings.has(name)).flatMap(
    (name) => textOf(join(directory, path, name)) ?? [],
  );
  return texts.length === 0 ? rules : addRules(rules, path, texts);
}

function textOf(path: string): string | undefined {
  try {
    const read = readText(path, lstatSync(path));
    return typeof read === "object" ? read.text : undefined;
  } catch {
    return undefined;
  }
}
