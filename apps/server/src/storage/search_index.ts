import type { DatabaseSync, StatementSync } from "node:sqlite";
import { CompiledQuery, type Kysely, sql } from "kysely";
import type { StorageSchema } from "./schema.ts";
import { allSearchForms, searchNeedle, searchWords } from "./search_words.ts";

/** Which text of a conversation an entry stands for. */
export interface SearchKey {
  conversationId: string;
  part: "title" | "question" | "answer";
  /** Empty for the title. */
  turnId: string;
}

/** More words than anybody types narrow a search no further. */
const MAX_NEEDLES = 12;

/** The full-text index over titles, questions and answers; what it is given is not kept but for its words. */
export class SearchIndex {
  readonly #db: Kysely<StorageSchema>;

  /** @param db May be a transaction: an entry then comes and goes with what it stands for. */
  constructor(db: Kysely<StorageSchema>) {
    this.#db = db;
  }

  /** Indexes a text, in place of what was there before. */
  async put(key: SearchKey, text: string): Promise<void> {
    for (const [statement, values] of putting(key, text)) {
      await this.#db.executeQuery(CompiledQuery.raw(statement, [...values]));
    }
  }

  /** Forgets everything of a conversation. */
  async remove(conversationId: string): Promise<void> {
    await sql`
      DELETE FROM search_index
      WHERE rowid IN (SELECT entry_key FROM search_entries WHERE conversation_id = ${conversationId})`.execute(
      this.#db,
    );
    await this.#db.deleteFrom("search_entries").where("conversation_id", "=", conversationId).execute();
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
    [`INSERT INTO search_index (rowid, words) VALUES ((${ENTRY}), ?)`, [...entry, [...allSearchForms(text)].join(" ")]],
  ];
}

/** The needles of a query: an entry fits if for each of them it has a word that begins with it. */
export function needlesOf(query: string): string[] {
  const words = Array.from(searchWords(query), ({ text }) => searchNeedle(text));
  return [...new Set(words)].slice(0, MAX_NEEDLES);
}

/** A query in the language of FTS5. Needles are letters and digits alone, so that nothing in quotes can end them. */
export function matchExpression(needles: readonly string[]): string {
  return needles.map((needle) => `"${needle}"*`).join(" ");
}
