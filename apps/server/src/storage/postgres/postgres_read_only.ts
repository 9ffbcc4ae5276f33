import { Kysely } from "kysely";
import { KyselyAnswerRecords } from "../kysely_answer_records.ts";
import { KyselyConversations } from "../kysely_conversations.ts";
import type { ReadRecords } from "../read_records.ts";
import type { StorageSchema } from "../schema.ts";
import { newApplicationName } from "./application_name.ts";
import { readConnectionUrl } from "./connection_url.ts";
import { explainOpening, inspectDatabase } from "./postgres_database.ts";
import { PostgresJournalArchive } from "./postgres_journal_archive.ts";
import { createPool, poolDialect } from "./postgres_pool.ts";
import { postgresRecordDatabase } from "./postgres_record_database.ts";

/** What can be read of a database that servers may use. */
export interface PostgresReadOnly extends ReadRecords, AsyncDisposable {
  /** Where it is, without the password. */
  place: string;
  /** The journals of ended answers; those of running ones are in Redis. */
  journal: PostgresJournalArchive;
}

/** One for a transaction that reads everything, and one beside it. */
const CONNECTIONS = 2;

/**
 * Opens a database for reading; nothing in it is changed, not even its schema.
 *
 * @throws {StorageOpenError} If it can't be used or is another version's, within five seconds; without the password.
 */
export async function openPostgresReadOnly(url: string): Promise<PostgresReadOnly> {
  const target = readConnectionUrl(url);
  const applicationName = newApplicationName();
  const pool = createPool({ url, applicationName, max: CONNECTIONS });
  const kysely = new Kysely<StorageSchema>({ dialect: poolDialect(pool) });
  try {
    await inspectDatabase(kysely, target);
  } catch (error) {
    await kysely.destroy();
    throw explainOpening(error, target);
  }
  const records = postgresRecordDatabase(kysely);
  return {
    place: target.shown,
    journal: new PostgresJournalArchive(records),
    conversations: new KyselyConversations(records),
    records: new KyselyAnswerRecords(kysely),
    kysely,
    [Symbol.asyncDispose]: () => kysely.destroy(),
  };
}
