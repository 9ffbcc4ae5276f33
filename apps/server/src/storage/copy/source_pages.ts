import type { DatabaseSync } from "node:sqlite";

/** A row of SQLite. */
export type SourceRow = Record<string, unknown>;

/** Rows that are in memory at once, and go into one statement. */
const PAGE_ROWS = 100;

/** Name of the column by which pages go on: no table has it. */
const PLACE = "place of the row";

/** The rows of a table in pages, in the order in which they stand in the file. A table that is not there has none. */
export function* sourcePages(database: DatabaseSync, table: string): Generator<SourceRow[]> {
  const exists = database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(table);
  if (exists === undefined) return;
  const statement = database.prepare(
    `SELECT rowid AS "${PLACE}", * FROM "${table}" WHERE rowid > ? ORDER BY rowid LIMIT ${PAGE_ROWS}`,
  );
  for (let after = Number.MIN_SAFE_INTEGER; ; ) {
    const page = statement.all(after);
    if (page.length === 0) return;
    after = Number(page.at(-1)?.[PLACE]);
    yield page.map(({ [PLACE]: _, ...row }) => row);
  }
}
