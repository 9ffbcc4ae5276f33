import type { DatabaseSync } from "node:sqlite";

/**
 * A question that is true once after each time that somebody else, in this process or another, has changed the database.
 *
 * It reads a number that SQLite keeps beside the file, which takes microseconds: https://sqlite.org/pragma.html#pragma_data_version
 */
export function watchForeignChanges(database: DatabaseSync): () => boolean {
  const statement = database.prepare("PRAGMA data_version");
  const read = () => Number(statement.get()?.data_version);
  let known = read();
  return () => {
    const before = known;
    known = read();
    return known !== before;
  };
}
