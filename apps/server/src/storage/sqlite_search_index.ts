import type { DatabaseSync, StatementSync } from "node:sqlite";
import { CompiledQuery, type Kysely, type RawBuilder, sql } from "kysely";
import type { StorageSchema } from "./schema.ts";
import type { SearchIndex, SearchKey } from "./search_index.ts";
import { wordsOf } from "./search_index.ts";

/** The index on FTS5: words in the table `search_index`, whose rows `search_entries` gives their meaning. */
export class SqliteSearchIndex implements SearchIndex {
  async put(db: Kysely<StorageSchema>, key: SearchKey, text: string): Promise<void> {
    for (const [statement, values] of putting(key, text)) {
      await db.executeQuery(CompiledQuery.raw(statement, [...values]));
    }
  }

  async remove(db: Kysely<StorageSchema>, conversationId: string): Promise<void> {
    await sql`
      DELETE FROM search_index
      WHERE rowid IN (SELECT entry_key FROM search_entries WHERE conversation_id = ${conversationId})`.execute(db);
    await db.deleteFrom("search_entries").where("conversation_id", "=", conversationId).execute();
  }

  fits(needles: readonly string[]): RawBuilder<boolean> {
    // In quotes a needle is no operator, and nothing in it can end them.
    const expression = needles.map((needle) => `"${needle}"*`).join(" ");
    return sql`entry.entry_key IN (SELECT rowid FROM search_index WHERE search_index MATCH ${expression})`;
  }
}

/** Indexes texts within a transaction that must not wait in between. */
export class SearchWriter {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Indexes a text, in place of what was there before. */
  put(key: SearchKey, text: string): void {
    for (const [statement, values] of putting(key, text)) this.#prepare(statement).run(...values);
  }

  #prepare(text: string): StatementSync {
    const prepared = this.#prepared.get(text) ?? this.#database.prepare(text);
    this.#prepared.set(text, prepared);
    return prepared;
  }
}

const ENTRY = "SELECT entry_key FROM search_entries WHERE conversation_id = ? AND part = ? AND turn_id = ?";

/** The statements that index a text, each with its values, in order. */
function putting({ conversationId, part, turnId }: SearchKey, text: string): [statement: string, values: string[]][] {
  const entry = [conversationId, part, turnId];
  return [
    ["INSERT INTO search_entries (conversation_id, part, turn_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", entry],
    [`DELETE FROM search_index WHERE rowid = (${ENTRY})`, entry],
    [`INSERT INTO search_index (rowid, words) VALUES ((${ENTRY}), ?)`, [...entry, wordsOf(text).join(" ")]],
  ];
}
