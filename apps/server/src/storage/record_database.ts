import type { Kysely, Transaction } from "kysely";
import type { StorageSchema } from "./schema.ts";
import type { SearchIndex } from "./search_index.ts";

/** Statements of one transaction: only its own rows, nothing outside the database, for it may be run once more. */
export type Work<Schema, Result> = (transaction: Transaction<Schema>) => Promise<Result>;

/** A database of records, with the few things that each kind of database does in its own way. */
export interface RecordDatabase {
  kysely: Kysely<StorageSchema>;
  search: SearchIndex;
  /** Runs work in a transaction; resolves with its result once that is committed. */
  transact<Result>(work: Work<StorageSchema, Result>): Promise<Result>;
  /** Runs work in a transaction while nobody, also of another server, does work of the same name. */
  alone<Result>(name: string, work: Work<StorageSchema, Result>): Promise<Result>;
  /** Runs queries that all see the same moment. */
  atOneMoment<Result>(work: Work<StorageSchema, Result>): Promise<Result>;
}
