import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { inspectBackup, type RowCounts } from "./backup.ts";
import { DATABASE_FILE, openError, refuseUnknownMigrations } from "./database.ts";
import { storageFaultOf } from "./storage_fault.ts";

export interface Restored {
  path: string;
  /** Where the database that was there is now; `undefined` where there was none. */
  keptAside: string | undefined;
  counts: RowCounts;
}

/**
 * Puts a backup in the place of a data folder's database, which is kept beside it.
 *
 * @throws {StorageOpenError} If the backup can't be used, or somebody has the database open: nothing is changed then.
 */
export function restore(file: string, directory: string): Restored {
  const { counts, migrations } = inspectBackup(file);
  refuseUnknownMigrations(migrations, { place: file });
  const path = join(directory, DATABASE_FILE);
  const incoming = `${path}.incoming`;
  try {
    mkdirSync(directory, { recursive: true });
    copyFileSync(file, incoming);
    inspectBackup(incoming);
    const keptAside = existsSync(path) ? putAside(path) : undefined;
    renameSync(incoming, path);
    return { path, keptAside, counts };
  } catch (error) {
    const fault = storageFaultOf(error);
    throw fault === undefined ? error : openError(fault, path, error);
  } finally {
    rmSync(incoming, { force: true });
  }
}

function putAside(path: string): string {
  const aside = `${path}.before-restore-${new Date().toISOString().replace(/[-:]|\.\d+/g, "")}`;
  const isSound = takeAlone(path);
  renameSync(path, aside);
  for (const suffix of ["-wal", "-shm"]) {
    if (!existsSync(path + suffix)) continue;
    // Of a damaged database the log may hold what can still be saved.
    if (isSound) rmSync(path + suffix);
    else renameSync(path + suffix, aside + suffix);
  }
  return aside;
}

/**
 * Makes sure that nobody else has the database open, and writes its log back into it.
 *
 * @returns `false` for a damaged one, which nobody can have open.
 * @throws {Error} SQLite's, if somebody has it open.
 */
function takeAlone(path: string): boolean {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 2_000 });
    // Possible only for the one and only connection.
    database.exec("PRAGMA journal_mode = DELETE");
    return true;
  } catch (error) {
    if (storageFaultOf(error) === "damaged") return false;
    throw error;
  } finally {
    database?.close();
  }
}
