import type { DatabaseSync } from "node:sqlite";
import type { Journal } from "@cogniforge/core/journal";
import type { AnswerRecords } from "./answer_records.ts";
import type { ConversationStore } from "./conversations.ts";
import { openExisting } from "./existing_database.ts";
import { KyselyAnswerRecords } from "./kysely_answer_records.ts";
import { KyselyConversations } from "./kysely_conversations.ts";
import { SqliteJournal } from "./sqlite_journal.ts";
import { sqliteRecordDatabase } from "./sqlite_record_database.ts";

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
  const { path, database, kysely } = openExisting(directory, { readOnly: true });
  return {
    path,
    journal: new SqliteJournal(database),
    conversations: new KyselyConversations(sqliteRecordDatabase(kysely)),
    records: new KyselyAnswerRecords(kysely),
    database,
    [Symbol.dispose]: () => database.close(),
  };
}
