import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type Kysely, sql } from "kysely";
import type { StorageSchema } from "./schema.ts";
import { searchForms, searchNeedle, searchWords } from "./search_words.ts";

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
  async put({ conversationId, part, turnId }: SearchKey, text: string): Promise<void> {
    const { entry_key: key } = await this.#db
      .insertInto("search_entries")
      .values({ conversation_id: conversationId, part, turn_id: turnId })
      // Changes nothing, but gives the key back.
      .onConflict((conflict) => conflict.columns(["conversation_id", "part", "turn_id"]).doUpdateSet({ part }))
      .returning("entry_key")
      .executeTakeFirstOrThrow();
    await sql`DELETE FROM search_index WHERE rowid = ${key}`.execute(this.#db);
    await sql`INSERT INTO search_index (rowid, words) VALUES (${key}, ${wordsOf(text)})`.execute(this.#db);
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
  readonly #addEntry: StatementSync;
  readonly #forgetWords: StatementSync;
  readonly #addWords: StatementSync;

  constructor(database: DatabaseSync) {
    this.#addEntry = database.prepare(
      `INSERT INTO search_entries (conversation_id, part, turn_id) VALUES (?, ?, ?)
       ON CONFLICT (conversation_id, part, turn_id) DO UPDATE SET part = excluded.part RETURNING entry_key`,
    );
    this.#forgetWords = database.prepare("DELETE FROM search_index WHERE rowid = ?");
    this.#addWords = database.prepare("INSERT INTO search_index (rowid, words) VALUES (?, ?)");
  }

  /** Indexes a text, in place of what was there before. */
  put({ conversationId, part, turnId }: SearchKey, text: string): void {
    const { entry_key: key } = this.#addEntry.get(conversationId, part, turnId) as { entry_key: number };
    this.#forgetWords.run(key);
    this.#addWords.run(key, wordsOf(text));
  }
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

function wordsOf(text: string): string {
  const forms = new Set<string>();
  for (const { text: word } of searchWords(text)) for (const form of searchForms(word)) forms.add(form);
  return [...forms].join(" ");
}
