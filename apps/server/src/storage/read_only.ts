import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Journal } from "@cogniforge/core/journal";
import { Kysely } from "kysely";
import type { AnswerRecords } from "./answer_records.ts";
import type { ConversationStore } from "./conversations.ts";
import { DATABASE_FILE, openError, refuseUnknownMigrations } from "./database.ts";
import { nodeSqliteDialect } from "./kysely_dialect.ts";
import { MIGRATIONS } from "./migrations/mod.ts";
import type { StorageSchema } from "./schema.ts";
import { SqliteAnswerRecords } from "./sqlite_answer_records.ts";
import { SqliteConversations } from "./sqlite_conversations.ts";
import { SqliteJournal } from "./sqlite_journal.ts";
import { storageFaultOf } from "./storage_fault.ts";
import { StorageOpenError } from "./storage_open_error.ts";

/** What can be read while a server has the same file open. */
export interface ReadOnlyStorage extends Disposable {
  path: string;
  /** Its writing methods fail. */
  journal: Journal;
  conversations: Pick<ConversationStore, "find" | "list" | "turns">;
  records: Pick<AnswerRecords, "get" | "getMany">;
  database: DatabaseSync;
}

/**
 * Opens the database of a data folder for reading; nothing in it is changed, not even its schema.
 *
 * @throws {StorageOpenError} If there is none, it is damaged, or another version's.
 */
export function openReadOnly(directory: string): ReadOnlyStorage {
  const path = join(directory, DATABASE_FILE);
  let database: DatabaseSync | undefined;
  try {
    if (!existsSync(path)) throw noDatabase(path);
    database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
    const executed = executedMigrations(database);
    refuseUnknownMigrations(executed, path);
    if (executed.length < Object.keys(MIGRATIONS).length) throw olderSchema(path);
    const opened = database;
    const kysely = new Kysely<StorageSchema>({ dialect: nodeSqliteDialect(opened) });
    return {
      path,
      journal: new SqliteJournal(opened),
      conversations: new SqliteConversations(kysely),
      records: new SqliteAnswerRecords(kysely),
      database: opened,
      [Symbol.dispose]: () => opened.close(),
    };
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
    en: `There is no database at ${path}: set COGNIFORGE_DATA_DIR to the server's data folder`,
    ar: `لا توجد قاعدة بيانات في ${path}: اضبط COGNIFORGE_DATA_DIR على مجلد بيانات الخادم`,
  });
}

function olderSchema(path: string): StorageOpenError {
  return new StorageOpenError("newer-schema", {
    en: `${path} was written by an older version: start the server once, which brings it up to date`,
    ar: `كتب ${path} إصدار أقدم: شغّل الخادم مرة واحدة ليحدّثها`,
  });
}
