import { readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { backup } from "node:sqlite";

/** Copies that are kept; older ones are removed when a new one is whole. */
const KEPT = 3;

/** Pages that are copied at once; nobody else uses the file while it is migrated. */
const PAGES_AT_ONCE = 10_000;

/**
 * Copies the database beside itself before its schema changes, and keeps the last three copies.
 *
 * @param before The last migration that the copy has; stands in its name.
 * @returns The path of the copy.
 */
export async function backUpBeforeMigration(database: DatabaseSync, path: string, before: string): Promise<string> {
  const stamp = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const copy = `${path}.${stamp}.${before}.backup`;
  const partial = `${copy}.partial`;
  try {
    await backup(database, partial, { rate: PAGES_AT_ONCE });
    renameSync(partial, copy);
  } finally {
    rmSync(partial, { force: true });
  }
  for (const old of migrationBackups(path).slice(KEPT)) rmSync(old, { force: true });
  return copy;
}

/** The copies that were made of a database before migrations, newest first. */
export function migrationBackups(path: string): string[] {
  const begin = `${basename(path)}.`;
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(begin) && name.endsWith(".backup"))
    .toSorted()
    .toReversed()
    .map((name) => join(dirname(path), name));
}
