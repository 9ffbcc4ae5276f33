import { type Kysely, type RawBuilder, sql } from "kysely";
import type { StorageSchema } from "../../schema.ts";

/** Rows that are in memory at once: of the journals, each may be more than a hundred kilobytes. */
const PAGE_ROWS = 100;

/**
 * The rows of a query in pages, all as of the moment of the transaction.
 *
 * @param transaction Of PostgreSQL, with isolation level `repeatable read`; a cursor is open in it meanwhile.
 */
export async function* snapshotRows<Row>(
  transaction: Kysely<StorageSchema>,
  query: RawBuilder<Row>,
): AsyncGenerator<Row[]> {
  await sql`DECLARE snapshot_rows NO SCROLL CURSOR FOR ${query}`.execute(transaction);
  for (;;) {
    const { rows } = await sql<Row>`FETCH ${sql.lit(PAGE_ROWS)} FROM snapshot_rows`.execute(transaction);
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE_ROWS) break;
  }
  await sql`CLOSE snapshot_rows`.execute(transaction);
}
