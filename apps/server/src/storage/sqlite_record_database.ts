import type { Kysely } from "kysely";
import { GroupedTransactions } from "./grouped_transactions.ts";
import type { RecordDatabase } from "./record_database.ts";
import type { StorageSchema } from "./schema.ts";
import { SqliteSearchIndex } from "./sqlite_search_index.ts";

/** Records on SQLite: one connection, so that of two transactions one waits for the end of the other. */
export function sqliteRecordDatabase(kysely: Kysely<StorageSchema>): RecordDatabase {
  const grouped = new GroupedTransactions(kysely);
  return {
    kysely,
    search: new SqliteSearchIndex(),
    transact: (work) => grouped.run(work),
    alone: (_name, work) => kysely.transaction().execute(work),
    atOneMoment: (work) => kysely.transaction().execute(work),
  };
}
