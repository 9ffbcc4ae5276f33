import { type Kysely, type RawBuilder, sql } from "kysely";
import type { RecordDatabase } from "../record_database.ts";
import type { StorageSchema } from "../schema.ts";
import { PostgresSearchIndex } from "./postgres_search_index.ts";

/** Records on PostgreSQL: many connections of many servers at once, so that what must not overlap takes a lock by its name. */
export function postgresRecordDatabase(kysely: Kysely<StorageSchema>): RecordDatabase {
  return {
    kysely,
    search: new PostgresSearchIndex(),
    transact: (work) => kysely.transaction().execute(work),
    alone: (name, work) =>
      kysely.transaction().execute(async (transaction) => {
        await sql`SELECT pg_advisory_xact_lock(${lockKey(name)})`.execute(transaction);
        return work(transaction);
      }),
    atOneMoment: (work) =>
      kysely.transaction().setIsolationLevel("repeatable read").setAccessMode("read only").execute(work),
  };
}

/** The number of a lock; the prefix keeps it apart from locks of other programs in the same database. */
export function lockKey(name: string): RawBuilder<number> {
  return sql`hashtextextended(${`cogniforge:${name}`}, 0)`;
}
