import type { DatabaseSync } from "node:sqlite";
import type { SearchKey } from "../search_index.ts";

/** Where the text of a part of a conversation stands in an embedded storage. */
const TEXTS: Readonly<Record<SearchKey["part"], string>> = {
  title: "SELECT title AS text FROM conversations WHERE id = :conversationId",
  question: "SELECT question AS text FROM turns WHERE conversation_id = :conversationId AND answer_id = :turnId",
  answer: "SELECT text FROM answer_records WHERE answer_id = :turnId",
};

/** The text that an entry of the search index stands for. */
export function indexedText(database: DatabaseSync, { conversationId, part, turnId }: SearchKey): string {
  const statement = database.prepare(TEXTS[part]);
  // Not every part is found by both.
  statement.setAllowUnknownNamedParameters(true);
  return String(statement.get({ conversationId, turnId })?.text ?? "");
}
