import { type Kysely, type RawBuilder, sql } from "kysely";
import type { StorageSchema } from "../schema.ts";
import type { SearchIndex, SearchKey } from "../search_index.ts";
import { wordsOf } from "../search_index.ts";

/**
 * Bytes of the words of one text: a vector ends at one megabyte, with some bytes for each word.
 *
 * All of Shakespeare has 30,000 words, a third of it.
 */
const MAX_BYTES = 900_000;
const BYTES_EACH = 8;

/** The index on a vector of words beside each entry; the words are ours, so no configuration of a language has a say in them. */
export class PostgresSearchIndex implements SearchIndex {
  async put(db: Kysely<StorageSchema>, { conversationId, part, turnId }: SearchKey, text: string): Promise<void> {
    const words = sql`array_to_tsvector(${asMany(wordsOf(text))}::text[])`;
    await sql`
      INSERT INTO search_entries (conversation_id, part, turn_id, words)
      VALUES (${conversationId}, ${part}, ${turnId}, ${words})
      ON CONFLICT (conversation_id, part, turn_id) DO UPDATE SET words = excluded.words`.execute(db);
  }

  async remove(db: Kysely<StorageSchema>, conversationId: string): Promise<void> {
    await db.deleteFrom("search_entries").where("conversation_id", "=", conversationId).execute();
  }

  fits(needles: readonly string[]): RawBuilder<boolean> {
    // Read as it stands, without a parser of words: in quotes a needle is one word, whatever its script.
    const expression = needles.map((needle) => `'${needle}':*`).join(" & ");
    return sql`entry.words @@ ${expression}::tsquery`;
  }
}

/** As many of the words as a vector can hold. */
function asMany(words: readonly string[]): string[] {
  const fitting: string[] = [];
  let bytes = 0;
  for (const word of words) {
    bytes += Buffer.byteLength(word) + BYTES_EACH;
    if (bytes > MAX_BYTES) break;
    fitting.push(word);
  }
  return fitting;
}
