import type { DatabaseSync } from "node:sqlite";
import type { Kysely } from "kysely";
import type { StorageSchema } from "../../schema.ts";
import type { RowHash } from "./row_hash.ts";

/** What is read, and what is written. */
export interface EmbedContext {
  /** A transaction of PostgreSQL in which everything is as of one moment. */
  source: Kysely<StorageSchema>;
  /** A new embedded storage that nobody else uses. */
  target: DatabaseSync;
}

/** A part of what is written into an embedded storage, such as a table. */
export interface EmbeddedPart {
  name: string;
  /** Writes the rows, and adds each to the hash. */
  write(context: EmbedContext, written: RowHash): Promise<void>;
  /** Adds what the target holds now, in the same order. */
  readBack(target: DatabaseSync, found: RowHash): void;
}

/** Writes rows in one transaction. */
export function inTransaction(target: DatabaseSync, write: () => void): void {
  target.exec("BEGIN");
  try {
    write();
    target.exec("COMMIT");
  } finally {
    if (target.isTransaction) target.exec("ROLLBACK");
  }
}
