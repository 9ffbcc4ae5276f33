import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Kysely } from "kysely";
import type { OpenedDatabase } from "./database.ts";
import { DATABASE_FILE, openError, refuseUnknownMigrations } from "./database.ts";
import { nodeSqliteDialect } from "./kysely_dialect.ts";
import { MIGRATIONS } from "./migrations/mod.ts";
import type { StorageSchema } from "./schema.ts";
import { storageFaultOf } from "./storage_fault.ts";
import { StorageOpenError } from "./storage_open_error.ts";

/** A server's transactions take milliseconds; a command has the time to wait for them. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens the database of a data folder as it is, beside a server that may have it open; its schema is not changed.
 *
 * @throws {StorageOpenError} If there is none, it is damaged, or another version's.
 */
export function openExisting(directory: string, { readOnly }: { readOnly: boolean }): OpenedDatabase {
  const path = join(directory, DATABASE_FILE);
  let database: DatabaseSync | undefined;
  try {
    if (!existsSync(path)) throw noDatabase(path);
    database = new DatabaseSync(path, { readOnly, timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
    const executed = executedMigrations(database);
    refuseUnknownMigrations(executed, { place: path });
    if (executed.length < Object.keys(MIGRATIONS).length) throw olderSchema(path);
    return { path, database, kysely: new Kysely<StorageSchema>({ dialect: nodeSqliteDialect(database) }) };
  } catch (error) {
    database?.close();
    const fault = error instanceof StorageOpenError ? undefined : storageFaultOf(error);
    throw fault === undefined ? error : openError(fault, path, error);
  }
}

/** The migrations that a database has; none where it is not one of ours. */
export function executedMigrations(database: DatabaseSync): string[] {
  const table = database.prepare("SELECT name FROM sqlite_master WHERE name = 'kysely_migration'").get();
  if (table === undefined) return [];
  return database
    .prepare("SELECT name FROM kysely_migration ORDER BY name")
    .all()
    .map(({ name }) => String(name));
}

function noDatabase(path: string): StorageOpenError {
  return new StorageOpenError("not-writable", {
    en: `There is no database at ${path}: set COGNIFORGE_DATA_DIR to the server's data folder, or start the server once, which makes it`,
    ar: `لا توجد قاعدة بيانات في ${path}: اضبط COGNIFORGE_DATA_DIR على مجلد بيانات الخادم، أو شغّل الخادم مرة واحدة لينشئها`,
  });
}

/** A database that must be brought up to date before it can be read. */
export function olderSchema(path: string): StorageOpenError {
  return new StorageOpenError("newer-schema", {
    en: `${path} was written by an older version: start the server once, which brings it up to date`,
    ar: `كتب ${path} إصدار أقدم: شغّل الخادم مرة واحدة ليحدّثها`,
  });
}
