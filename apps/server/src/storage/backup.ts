import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { backup, DatabaseSync } from "node:sqlite";
import { openError } from "./database.ts";
import { executedMigrations } from "./existing_database.ts";
import { storageFaultOf } from "./storage_fault.ts";
import { StorageOpenError } from "./storage_open_error.ts";

/** Rows by table. */
export type RowCounts = Readonly<Record<string, number>>;

/** Pages that are copied at once: between two lots others get their turn. */
const PAGES_AT_ONCE = 500;

/**
 * Copies a database while others use it, and verifies the copy: its pages, and that it has as many rows as the original had.
 *
 * @param source A connection without a transaction; it gets one, so that original and copy are the same moment's.
 * @throws {Error} If the copy is not the original; nothing is left at `file` then.
 */
export async function backUp(source: DatabaseSync, file: string): Promise<{ counts: RowCounts; bytes: number }> {
  const partial = `${file}.partial`;
  source.exec("BEGIN");
  try {
    const counts = countRows(source);
    await backup(source, partial, { rate: PAGES_AT_ONCE });
    const copied = inspectBackup(partial);
    for (const [table, count] of Object.entries(counts)) {
      if (copied.counts[table] === count) continue;
      throw new Error(
        `Expected ${count} rows in the copy's table '${table}', found ${copied.counts[table] ?? "no table"}`,
      );
    }
    keepWhole(partial, file);
    return { counts, bytes: copied.bytes };
  } finally {
    source.exec("ROLLBACK");
    for (const left of [partial, `${partial}-wal`, `${partial}-shm`]) rmSync(left, { force: true });
  }
}

/**
 * Reads every page of a backup and counts its rows.
 *
 * @throws {StorageOpenError} If it is damaged, or no database of ours.
 */
export function inspectBackup(file: string): { counts: RowCounts; bytes: number; migrations: string[] } {
  if (!existsSync(file)) {
    throw new StorageOpenError("damaged", { en: `There is no file ${file}`, ar: `لا يوجد ملف ${file}` });
  }
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file);
    // A copy keeps its original's mode, in which even reading it would leave two more files beside it.
    database.exec("PRAGMA journal_mode = DELETE");
    const problem = Object.values(database.prepare("PRAGMA integrity_check(1)").get() ?? {})[0];
    if (problem !== "ok") throw openError("damaged", file, new Error(String(problem)));
    const migrations = executedMigrations(database);
    if (migrations.length === 0) {
      throw new StorageOpenError("damaged", {
        en: `${file} is a database, but none of CogniForge's`,
        ar: `${file} قاعدة بيانات، لكنها ليست من قواعد CogniForge`,
      });
    }
    const { page_count } = database.prepare("PRAGMA page_count").get() as { page_count: number };
    const { page_size } = database.prepare("PRAGMA page_size").get() as { page_size: number };
    return { counts: countRows(database), bytes: page_count * page_size, migrations };
  } catch (error) {
    const fault = error instanceof StorageOpenError ? undefined : storageFaultOf(error);
    throw fault === undefined ? error : openError(fault, file, error);
  } finally {
    database?.close();
  }
}

function countRows(database: DatabaseSync): RowCounts {
  const tables = database
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .all();
  return Object.fromEntries(
    tables.map(({ name }) => {
      const quoted = `"${String(name).replaceAll('"', '""')}"`;
      return [String(name), Number(database.prepare(`SELECT COUNT(*) AS n FROM ${quoted}`).get()?.n)];
    }),
  );
}

/** Gives a whole copy its name once it is on the disk: a backup is for the day of the power cut. */
export function keepWhole(partial: string, file: string): void {
  const descriptor = openSync(partial, "r+");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(partial, file);
}
