import type { Kysely, RawBuilder } from "kysely";
import type { StorageSchema } from "./schema.ts";
import { allSearchForms, searchNeedle, searchWords } from "./search_words.ts";

/** Which text of a conversation an entry stands for. */
export interface SearchKey {
  conversationId: string;
  part: "title" | "question" | "answer";
  /** Empty for the title. */
  turnId: string;
}

/**
 * The full-text index over titles, questions and answers; what it is given is not kept but for its words.
 *
 * Words are made by `searchWords()` for every database, so that all find the same.
 */
export interface SearchIndex {
  /**
   * Indexes a text, in place of what was there before.
   *
   * @param db May be a transaction: an entry then comes and goes with what it stands for.
   */
  put(db: Kysely<StorageSchema>, key: SearchKey, text: string): Promise<void>;
  /** Forgets everything of a conversation. */
  remove(db: Kysely<StorageSchema>, conversationId: string): Promise<void>;
  /** A condition on a row of `search_entries` under the name `entry`: for each needle it has a word that begins with it. */
  fits(needles: readonly string[]): RawBuilder<boolean>;
}

/** More words than anybody types narrow a search no further. */
const MAX_NEEDLES = 12;

/** The needles of a query: an entry fits if for each of them it has a word that begins with it. They are letters and digits alone. */
export function needlesOf(query: string): string[] {
  const words = Array.from(searchWords(query), ({ text }) => searchNeedle(text));
  return [...new Set(words)].slice(0, MAX_NEEDLES);
}

/** The words under which a text is found, each once; letters and digits alone. */
export function wordsOf(text: string): string[] {
  return [...allSearchForms(text)];
}
