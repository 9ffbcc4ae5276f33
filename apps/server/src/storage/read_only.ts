import type { DatabaseSync } from "node:sqlite";
import { openExisting } from "./existing_database.ts";
import { KyselyAnswerRecords } from "./kysely_answer_records.ts";
import { KyselyConversations } from "./kysely_conversations.ts";
import type { ReadRecords } from "./read_records.ts";
import { SqliteJournal } from "./sqlite_journal.ts";
import { sqliteRecordDatabase } from "./sqlite_record_database.ts";

/** What can be read while a server has the same file open. */
export interface ReadOnlyStorage extends ReadRecords, Disposable {
  path: string;
  database: DatabaseSync;
}

/**
 * Opens the database of a data folder for reading; nothing in it is changed, not even its schema.
 *
 * @throws {StorageOpenError} If there is none, it is damaged, or another version's.
 */
export function openReadOnly(directory: string): ReadOnlyStorage {
  const { path, database, kysely } = openExisting(directory, { readOnly: true });
  return {
    path,
    journal: new SqliteJournal(database),
    conversations: new KyselyConversations(sqliteRecordDatabase(kysely)),
    records: new KyselyAnswerRecords(kysely),
    kysely,
    database,
    [Symbol.dispose]: () => database.close(),
  };
}
