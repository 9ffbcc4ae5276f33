import type { DatabaseSync } from "node:sqlite";
import type { WallClock } from "@cogniforge/core/journal";
import { systemWallClock } from "@cogniforge/core/journal";
import { openDatabase } from "./database.ts";
import { watchForeignChanges } from "./foreign_changes.ts";
import { freePages } from "./free_pages.ts";
import { type CommitObserver, GroupCommit } from "./group_commit.ts";
import { createTurns } from "./in_turn.ts";
import { KyselyAnswerRecords } from "./kysely_answer_records.ts";
import { KyselyApiKeys } from "./kysely_api_keys.ts";
import { KyselyAuditLog } from "./kysely_audit_log.ts";
import { KyselyConversations } from "./kysely_conversations.ts";
import { KyselyExpiry } from "./kysely_expiry.ts";
import { KyselyMeasureStore } from "./kysely_measure_store.ts";
import { KyselyPrefillMemory } from "./kysely_prefill_memory.ts";
import { KyselyProjectContexts } from "./kysely_project_contexts.ts";
import { KyselyRouteVersions } from "./kysely_route_versions.ts";
import type { RecordStorage } from "./record_storage.ts";
import { canWrite } from "./record_storage.ts";
import { SqliteJournal } from "./sqlite_journal.ts";
import { SQLITE_JOURNALS } from "./sqlite_journals.ts";
import { sqliteRecordDatabase } from "./sqlite_record_database.ts";
import { SqliteRecordWriter } from "./sqlite_record_writer.ts";

export interface OpenStorageOptions {
  /** `COGNIFORGE_DATA_DIR`; made if need be. */
  directory: string;
  clock?: WallClock;
  /** Told of every transaction of the journal. */
  onCommit?: CommitObserver;
}

/** Everything that is kept, in one file. */
export interface Storage extends RecordStorage {
  /** Path of the database file. */
  path: string;
  journal: SqliteJournal;
  database: DatabaseSync;
  /** Finishes the appends under way, ends the followers and closes the file. */
  close(): Promise<void>;
}

/**
 * Opens the embedded storage and brings its schema up to date.
 *
 * @throws {StorageOpenError} If that can't be done; the message says what to do.
 */
export async function openStorage({
  directory,
  clock = systemWallClock,
  onCommit,
}: OpenStorageOptions): Promise<Storage> {
  const { path, database, kysely } = await openDatabase(directory);
  const commits = new GroupCommit(database, onCommit);
  const journal = new SqliteJournal(database, { clock, commits });
  const records = sqliteRecordDatabase(kysely);
  const prefillMemory = await KyselyPrefillMemory.open(kysely, clock);
  return {
    dialect: "sqlite",
    path,
    journal,
    conversations: new KyselyConversations(records),
    records: new KyselyAnswerRecords(kysely, new SqliteRecordWriter(kysely, { database, commits })),
    measures: new KyselyMeasureStore(records, clock),
    apiKeys: new KyselyApiKeys(kysely),
    prefillMemory,
    routeVersions: new KyselyRouteVersions(records),
    auditLog: new KyselyAuditLog(records),
    projectContexts: new KyselyProjectContexts(kysely),
    expiry: new KyselyExpiry(kysely, SQLITE_JOURNALS),
    database,
    kysely,
    inTurn: createTurns(),
    hasForeignChanges: watchForeignChanges(database),
    freePages: () => freePages(database),
    isHealthy: () => canWrite(kysely, clock),
    async close() {
      await journal.close();
      await prefillMemory.settled();
      await kysely.destroy();
      database.close();
    },
  };
}
