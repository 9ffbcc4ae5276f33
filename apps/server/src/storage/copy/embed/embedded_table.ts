import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { sql } from "kysely";
import type { CopiedTable } from "../copied_tables.ts";
import { sourcePages } from "../source_pages.ts";
import { type EmbedContext, type EmbeddedPart, inTransaction } from "./embedded_part.ts";
import type { RowHash } from "./row_hash.ts";
import { snapshotRows } from "./snapshot_rows.ts";

type Row = Record<string, SQLInputValue>;

/** One table of records, row by row under the same keys. */
export class EmbeddedTable implements EmbeddedPart {
  readonly name: string;
  readonly #table: CopiedTable;

  constructor(table: CopiedTable) {
    this.name = table.name;
    this.#table = table;
  }

  async write({ source, target }: EmbedContext, written: RowHash): Promise<void> {
    const { key, name } = this.#table;
    const order = sql.join(key.map((column) => sql.ref(column)));
    const query = sql<Record<string, unknown>>`SELECT * FROM ${sql.table(name)} ORDER BY ${order}`;
    for await (const page of snapshotRows(source, query)) {
      const rows = page.map(converted);
      const columns = Object.keys(rows[0] ?? {});
      const insert = target.prepare(
        `INSERT INTO ${quoted(name)} (${columns.map(quoted).join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
      );
      inTransaction(target, () => {
        for (const row of rows) insert.run(...columns.map((column) => row[column] ?? null));
      });
      for (const row of rows) written.add(row);
    }
    await this.#goOnCounting({ source, target });
  }

  /** Rows stand in the file in the order of their writing, or of the number that is their key. */
  readBack(target: DatabaseSync, found: RowHash): void {
    for (const page of sourcePages(target, this.name)) for (const row of page) found.add(row);
  }

  /** A number that was given to a row that is gone by now is given to no other row. */
  async #goOnCounting({ source, target }: EmbedContext): Promise<void> {
    const { counted, name } = this.#table;
    if (counted === undefined) return;
    const { rows } = await sql<{ given: number | null }>`
      SELECT pg_sequence_last_value(pg_get_serial_sequence(${name}, ${counted})::regclass) AS given`.execute(source);
    const given = rows[0]?.given;
    if (given == null) return;
    const raised = target.prepare("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?").run(given, name);
    if (raised.changes > 0) return;
    target.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)").run(name, given);
  }
}

/** A row of PostgreSQL with the types of SQLite: the sign-in library writes times as text where a database has none of its own. */
function converted(row: Record<string, unknown>): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      if (typeof value === "boolean") return [name, Number(value)];
      if (value instanceof Date) return [name, value.toISOString()];
      return [name, value as SQLInputValue];
    }),
  );
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
