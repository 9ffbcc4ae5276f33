import type { DatabaseSync } from "node:sqlite";
import type { WallClock } from "@cogniforge/core/journal";
import { systemWallClock } from "@cogniforge/core/journal";
import type { Kysely } from "kysely";
import type { AnswerRecords } from "./answer_records.ts";
import type { ApiKeyStore } from "./api_keys.ts";
import type { AuditLog } from "./audit_log.ts";
import type { ConversationStore } from "./conversations.ts";
import { openDatabase } from "./database.ts";
import { watchForeignChanges } from "./foreign_changes.ts";
import { freePages } from "./free_pages.ts";
import { type CommitObserver, GroupCommit } from "./group_commit.ts";
import type { MeasureStore } from "./measure_store.ts";
import type { ProjectContexts } from "./project_contexts.ts";
import type { RouteVersions } from "./route_versions.ts";
import type { StorageSchema } from "./schema.ts";
import { SqliteAnswerRecords } from "./sqlite_answer_records.ts";
import { SqliteApiKeys } from "./sqlite_api_keys.ts";
import { SqliteAuditLog } from "./sqlite_audit_log.ts";
import { SqliteConversations } from "./sqlite_conversations.ts";
import { SqliteExpiry } from "./sqlite_expiry.ts";
import { SqliteJournal } from "./sqlite_journal.ts";
import { SqliteMeasureStore } from "./sqlite_measure_store.ts";
import { SqlitePrefillMemory } from "./sqlite_prefill_memory.ts";
import { SqliteProjectContexts } from "./sqlite_project_contexts.ts";
import { SqliteRouteVersions } from "./sqlite_route_versions.ts";

export interface OpenStorageOptions {
  /** `COGNIFORGE_DATA_DIR`; made if need be. */
  directory: string;
  clock?: WallClock;
  /** Told of every transaction of the journal. */
  onCommit?: CommitObserver;
}

/** Everything that is kept, in one file. */
export interface Storage {
  /** Path of the database file. */
  path: string;
  journal: SqliteJournal;
  conversations: ConversationStore;
  records: AnswerRecords;
  measures: MeasureStore;
  apiKeys: ApiKeyStore;
  prefillMemory: SqlitePrefillMemory;
  routeVersions: RouteVersions;
  auditLog: AuditLog;
  projectContexts: ProjectContexts;
  database: DatabaseSync;
  /** Whether somebody else has written since this was asked last: a command, or a second server. */
  hasForeignChanges(): boolean;
  /** Finds what is old enough to be deleted. */
  expiry: SqliteExpiry;
  /** The one query builder on the connection: others must use it too, since its mutex keeps transactions apart. */
  kysely: Kysely<StorageSchema>;
  /** Whether a row can be written now; a full disk or a lost file says no. */
  isHealthy(): Promise<boolean>;
  /** Gives room that is free inside the file back to the disk; tells how many bytes. */
  freePages(): Promise<number>;
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
  const prefillMemory = await SqlitePrefillMemory.open(kysely, clock);
  return {
    path,
    journal,
    conversations: new SqliteConversations(kysely),
    records: new SqliteAnswerRecords(kysely, { database, commits }),
    measures: new SqliteMeasureStore(kysely, clock),
    apiKeys: new SqliteApiKeys(kysely),
    prefillMemory,
    routeVersions: new SqliteRouteVersions(kysely),
    auditLog: new SqliteAuditLog(kysely),
    projectContexts: new SqliteProjectContexts(kysely),
    expiry: new SqliteExpiry(kysely),
    database,
    kysely,
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

async function canWrite(kysely: Kysely<StorageSchema>, clock: WallClock): Promise<boolean> {
  const check = { checked_at: clock.wallTime() };
  try {
    await kysely
      .insertInto("health_checks")
      .values({ id: 1, ...check })
      .onConflict((conflict) => conflict.column("id").doUpdateSet(check))
      .execute();
    return true;
  } catch {
    return false;
  }
}
