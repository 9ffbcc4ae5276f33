import ignore, { type Ignore } from "ignore";

/** Of one folder, in the order in which they are read: a later one wins. */
export const IGNORE_FILES = [".gitignore", ".ignore", ".cogniforgeignore"] as const;

/** The rules that hold in a folder: its own, then those of the folders above it. */
export interface IgnoreRules {
  /** Folder from which their paths begin, with `/` at the end; empty for the project's own. */
  base: string;
  rules: Ignore;
  above: IgnoreRules | undefined;
}

/** Adds the rules of a folder to those above it. Paths are told apart by case, as git does where files are. */
export function addRules(above: IgnoreRules | undefined, base: string, texts: readonly string[]): IgnoreRules {
  const rules = ignore({ ignorecase: false });
  for (const text of texts) rules.add(text);
  return { base, rules, above };
}

/** Whether a path is ignored: the deepest rules that say anything about it decide. A folder's path ends with `/`. */
export function isIgnored(innermost: IgnoreRules | undefined, path: string): boolean {
  for (let level = innermost; level !== undefined; level = level.above) {
    const { ignored, unignored } = level.rules.test(path.slice(level.base.length));
    if (ignored || unignored) return ignored;
  }
  return false;
}
