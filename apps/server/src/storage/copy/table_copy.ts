import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { type Kysely, sql } from "kysely";
import type { StorageSchema } from "../schema.ts";
import type { CopiedTable } from "./copied_tables.ts";
import type { CopiedPart, VerifiedPart } from "./part.ts";
import { rowText } from "./row_text.ts";
import { type SourceRow, sourcePages } from "./source_pages.ts";
import { notTheSame, otherData } from "./storage_copy_error.ts";

type TargetRow = Record<string, unknown>;

/** Columns of a table of PostgreSQL, by name, with their types in its words. */
type Columns = ReadonlyMap<string, string>;

/** One table of records, row by row under the same keys. */
export class TableCopy implements CopiedPart {
  readonly name: string;
  readonly #table: CopiedTable;
  readonly #source: DatabaseSync;
  readonly #target: Kysely<StorageSchema>;
  #columns: Columns | undefined;

  constructor(table: CopiedTable, { source, target }: { source: DatabaseSync; target: Kysely<StorageSchema> }) {
    this.name = table.name;
    this.#table = table;
    this.#source = source;
    this.#target = target;
  }

  async refuseOtherData(): Promise<void> {
    const count = await this.#count();
    if (count === 0) return;
    let known = 0;
    for await (const { rows, there } of this.#pages()) {
      const found = rows.filter((row) => there.has(this.#keyOf(row)));
      for (const row of found) if (there.get(this.#keyOf(row)) !== rowText(row)) throw otherData(this.name);
      known += found.length;
    }
    if (known !== count) throw otherData(this.name);
  }

  async copy(): Promise<void> {
    for await (const { rows, there } of this.#pages()) {
      const missing = rows.filter((row) => !there.has(this.#keyOf(row)));
      if (missing.length === 0) continue;
      const names = Object.keys(missing[0] ?? {});
      const values = missing.map((row) => sql`(${sql.join(names.map((name) => row[name]))})`);
      await sql`
        INSERT INTO ${sql.table(this.name)} (${sql.join(names.map((name) => sql.ref(name)))})
        VALUES ${sql.join(values)}`.execute(this.#target);
    }
    await this.#goOnCounting();
  }

  async verify(): Promise<VerifiedPart> {
    const original = createHash("sha256");
    const copied = createHash("sha256");
    let count = 0;
    for await (const { rows, there } of this.#pages()) {
      for (const row of rows) {
        original.update(rowText(row));
        copied.update(there.get(this.#keyOf(row)) ?? "");
      }
      count += rows.length;
    }
    const sha256 = original.digest("hex");
    if (copied.digest("hex") !== sha256 || (await this.#count()) !== count) throw notTheSame(this.name);
    return { name: this.name, rows: count, sha256 };
  }

  /** Pages of the source as the target keeps them, with what the target has under the same keys, as text. */
  async *#pages(): AsyncGenerator<{ rows: TargetRow[]; there: Map<string, string> }> {
    this.#columns ??= await columnsOf(this.#target, this.name);
    for (const page of sourcePages(this.#source, this.name)) {
      const rows = page.map((row) => converted(row, this.#columns as Columns, this.name));
      yield { rows, there: await this.#find(rows) };
    }
  }

  async #find(rows: readonly TargetRow[]): Promise<Map<string, string>> {
    const { key, name } = this.#table;
    const names = Object.keys(rows[0] ?? {});
    const keys = rows.map((row) => sql`(${sql.join(key.map((column) => row[column]))})`);
    const found = await sql<TargetRow>`
      SELECT ${sql.join(names.map((column) => sql.ref(column)))} FROM ${sql.table(name)}
      WHERE (${sql.join(key.map((column) => sql.ref(column)))}) IN (${sql.join(keys)})`.execute(this.#target);
    return new Map(found.rows.map((row) => [this.#keyOf(row), rowText(row)]));
  }

  #keyOf(row: TargetRow): string {
    return JSON.stringify(this.#table.key.map((column) => row[column]));
  }

  async #count(): Promise<number> {
    const { rows } = await sql<{ count: number }>`SELECT count(*) AS count FROM ${sql.table(this.name)}`.execute(
      this.#target,
    );
    return rows[0]?.count ?? 0;
  }

  /** A number that the source has given, also to a row that is gone by now, is given to no other row. */
  async #goOnCounting(): Promise<void> {
    const { counted, name } = this.#table;
    if (counted === undefined) return;
    const given = this.#source.prepare("SELECT seq FROM sqlite_sequence WHERE name = ?").get(name)?.seq;
    if (typeof given !== "number" || given < 1) return;
    await sql`
      SELECT setval(pg_get_serial_sequence(${name}, ${counted}), greatest(${given}::bigint,
        (SELECT coalesce(max(${sql.ref(counted)}), 1) FROM ${sql.table(name)})))`.execute(this.#target);
  }
}

async function columnsOf(target: Kysely<StorageSchema>, table: string): Promise<Columns> {
  const { rows } = await sql<{ name: string; type: string }>`
    SELECT column_name AS name, data_type AS type FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name = ${table}`.execute(target);
  return new Map(rows.map(({ name, type }) => [name, type]));
}

/** A row of SQLite with the types of PostgreSQL, in the order of its columns. */
function converted(row: SourceRow, columns: Columns, table: string): TargetRow {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      const type = columns.get(name);
      if (type === undefined)
        throw new Error(`Expected a column '${name}' in the target's table '${table}', found none`);
      if (value === null) return [name, null];
      if (type === "boolean") return [name, Boolean(value)];
      // The sign-in library writes times as text where a database has none of its own.
      if (type.startsWith("timestamp")) return [name, new Date(value as string | number)];
      return [name, value];
    }),
  );
}
