import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { CompiledQuery } from "kysely";

/**
 * An insert that the query builder has written once and that is then run as often as wanted, each time with another row: within a
 * transaction that must not wait in between, and without building the same text anew.
 */
export class CompiledInsert<Row extends Record<string, SQLInputValue>> {
  readonly #database: DatabaseSync;
  readonly #compile: (row: Row) => CompiledQuery;
  #statement: StatementSync | undefined;
  #columns: readonly string[] = [];

  /** @param compile Writes the insert of one row; its values must be all of its parameters, in the row's own order. */
  constructor(database: DatabaseSync, compile: (row: Row) => CompiledQuery) {
    this.#database = database;
    this.#compile = compile;
  }

  run(row: Row): void {
    if (this.#statement === undefined) {
      this.#statement = this.#database.prepare(this.#compile(row).sql);
      this.#columns = Object.keys(row);
    }
    this.#statement.run(...this.#columns.map((column) => row[column] as SQLInputValue));
  }
}
