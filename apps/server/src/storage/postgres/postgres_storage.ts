import type { WallClock } from "@cogniforge/core/journal";
import { systemWallClock } from "@cogniforge/core/journal";
import { Kysely, sql } from "kysely";
import { createTurns } from "../in_turn.ts";
import { KyselyAnswerRecords } from "../kysely_answer_records.ts";
import { KyselyApiKeys } from "../kysely_api_keys.ts";
import { KyselyAuditLog } from "../kysely_audit_log.ts";
import { KyselyConversations } from "../kysely_conversations.ts";
import { KyselyExpiry } from "../kysely_expiry.ts";
import { KyselyMeasureStore } from "../kysely_measure_store.ts";
import { KyselyPrefillMemory } from "../kysely_prefill_memory.ts";
import { KyselyProjectContexts } from "../kysely_project_contexts.ts";
import { KyselyRouteVersions } from "../kysely_route_versions.ts";
import type { RecordStorage } from "../record_storage.ts";
import { canWrite } from "../record_storage.ts";
import type { StorageSchema } from "../schema.ts";
import { newApplicationName } from "./application_name.ts";
import { readConnectionUrl } from "./connection_url.ts";
import { ForeignChanges } from "./foreign_changes.ts";
import { explainOpening, prepareDatabase } from "./postgres_database.ts";
import { PostgresJournalArchive } from "./postgres_journal_archive.ts";
import { archivedJournals } from "./postgres_journals.ts";
import { createPool, poolDialect } from "./postgres_pool.ts";
import { lockKey, postgresRecordDatabase } from "./postgres_record_database.ts";
import { PostgresRecordWriter } from "./postgres_record_writer.ts";

export interface OpenPostgresOptions {
  /** `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, with parameters such as `?sslmode=verify-full`. */
  url: string;
  clock?: WallClock;
  /** Connections at most, beside the one that listens; by default 10. */
  connections?: number;
  /** Longest time of one statement, in milliseconds; by default 30 seconds. */
  statementTimeoutMs?: number;
}

/** All records on PostgreSQL, for one of any number of servers. */
export interface PostgresStorage extends RecordStorage {
  /** Where it is, without the password. */
  place: string;
  /** The journals of ended answers. */
  archive: PostgresJournalArchive;
}

const CONNECTIONS = 10;
const STATEMENT_TIMEOUT_MS = 30_000;

/**
 * Opens the records on PostgreSQL and brings their schema up to date; several servers may do so at the same time.
 *
 * A connection that is lost later is made again when the next one needs it; what was under way fails with a fault of the storage.
 *
 * @throws {StorageOpenError} If that can't be done, within five seconds; the message says what to do, and has no password in it.
 */
export async function openPostgresStorage({
  url,
  clock = systemWallClock,
  connections = CONNECTIONS,
  statementTimeoutMs = STATEMENT_TIMEOUT_MS,
}: OpenPostgresOptions): Promise<PostgresStorage> {
  const target = readConnectionUrl(url);
  const applicationName = newApplicationName();
  await prepareDatabase(target, applicationName);
  const pool = createPool({ url, applicationName, max: connections, statementTimeoutMs });
  const kysely = new Kysely<StorageSchema>({ dialect: poolDialect(pool) });
  try {
    const changes = await ForeignChanges.listen({ url, applicationName });
    const prefillMemory = await KyselyPrefillMemory.open(kysely, clock);
    return assemble({ kysely, clock, changes, prefillMemory, place: target.shown });
  } catch (error) {
    await kysely.destroy();
    throw explainOpening(error, target);
  }
}

interface Parts {
  kysely: Kysely<StorageSchema>;
  clock: WallClock;
  changes: ForeignChanges;
  prefillMemory: KyselyPrefillMemory;
  place: string;
}

function assemble({ kysely, clock, changes, prefillMemory, place }: Parts): PostgresStorage {
  const records = postgresRecordDatabase(kysely);
  // Those of this server wait here, so that they never hold all connections that the one whose turn it is needs.
  const ownTurns = createTurns();
  return {
    dialect: "postgres",
    place,
    archive: new PostgresJournalArchive(records),
    conversations: new KyselyConversations(records),
    records: new KyselyAnswerRecords(kysely, new PostgresRecordWriter(records)),
    measures: new KyselyMeasureStore(records, clock),
    apiKeys: new KyselyApiKeys(kysely),
    prefillMemory,
    routeVersions: new KyselyRouteVersions(records),
    auditLog: new KyselyAuditLog(records),
    projectContexts: new KyselyProjectContexts(kysely),
    expiry: new KyselyExpiry(kysely, archivedJournals(clock)),
    kysely,
    inTurn: (work) => ownTurns(() => whileLocked(kysely, work)),
    hasForeignChanges: () => changes.take(),
    // The server frees its rows by itself, and its files are not ours to shrink.
    freePages: async () => 0,
    isHealthy: () => canWrite(kysely, clock),
    async close() {
      await prefillMemory.settled();
      await changes[Symbol.asyncDispose]();
      await kysely.destroy();
    },
  };
}

/** A lock of the connection and not of a transaction: the work is free to use transactions of its own. */
function whileLocked<Result>(kysely: Kysely<StorageSchema>, work: () => Promise<Result>): Promise<Result> {
  return kysely.connection().execute(async (connection) => {
    await sql`SELECT pg_advisory_lock(${lockKey("turn")})`.execute(connection);
    try {
      return await work();
    } finally {
      await sql`SELECT pg_advisory_unlock(${lockKey("turn")})`.execute(connection);
    }
  });
}
