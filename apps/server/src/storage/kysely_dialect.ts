import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { type SqliteDatabase, SqliteDialect } from "kysely";

/** Statements that are kept: more than the program's own, which differ only by how many values they list. */
const KEPT_STATEMENTS = 256;

/**
 * Kysely's own SQLite dialect over `node:sqlite`.
 *
 * All users of the database must share one Kysely instance: its mutex is what keeps their transactions on the one
 * connection apart. Destroying the instance leaves the connection open, as the journal uses it too.
 */
export function nodeSqliteDialect(database: DatabaseSync): SqliteDialect {
  const kept = new Map<string, ReturnType<SqliteDatabase["prepare"]>>();
  const adapted: SqliteDatabase = {
    close() {},
    prepare(text) {
      const known = kept.get(text);
      if (known !== undefined) return known;
      const statement = database.prepare(text);
      const adapted = {
        reader: statement.columns().length > 0,
        all: (parameters: readonly unknown[]) => statement.all(...(parameters as SQLInputValue[])),
        run: (parameters: readonly unknown[]) => statement.run(...(parameters as SQLInputValue[])),
        // Not a kept one: it would begin anew under the feet of whoever reads on.
        iterate: (parameters: readonly unknown[]) => database.prepare(text).iterate(...(parameters as SQLInputValue[])),
      };
      // The oldest goes: whatever is asked for often comes back at once.
      const [oldest] = kept.keys();
      if (kept.size >= KEPT_STATEMENTS && oldest !== undefined) kept.delete(oldest);
      kept.set(text, adapted);
      return adapted;
    },
  };
  return new SqliteDialect({ database: adapted });
}
