import { type RawBuilder, sql } from "kysely";
import type { SearchMatch } from "./conversations.ts";
import type { RecordDatabase } from "./record_database.ts";
import type { SearchIndex } from "./search_index.ts";
import { snippetOf } from "./search_snippet.ts";

/** Places that are shown of one conversation. */
const MATCHES_EACH = 3;

interface Found {
  conversation_id: string;
  part: SearchMatch["part"];
  turn_id: string;
  text: string;
}

/** A subquery: the ids of conversations in which one text has a word for each needle. */
export function entriesThatMatch(search: SearchIndex, needles: readonly string[]): RawBuilder<string> {
  return sql<string>`(SELECT entry.conversation_id FROM search_entries AS entry WHERE ${search.fits(needles)})`;
}

/** Where the needles were found in these conversations: the title first, then the latest turns. */
export async function findMatches(
  { kysely, search }: Pick<RecordDatabase, "kysely" | "search">,
  ids: readonly string[],
  needles: readonly string[],
): Promise<Map<string, SearchMatch[]>> {
  const matches = new Map<string, SearchMatch[]>();
  if (ids.length === 0) return matches;
  // The best few are chosen before any text is read.
  const { rows } = await sql<Found>`
    WITH found AS (
      SELECT entry.conversation_id, entry.part, entry.turn_id, ROW_NUMBER() OVER (
        PARTITION BY entry.conversation_id
        ORDER BY CASE entry.part WHEN 'title' THEN 0 ELSE 1 END, COALESCE(turn.position, 0) DESC, entry.part
      ) AS place
      FROM search_entries AS entry
      LEFT JOIN turns AS turn ON turn.conversation_id = entry.conversation_id AND turn.answer_id = entry.turn_id
      WHERE entry.conversation_id IN (${sql.join(ids)})
        AND ${search.fits(needles)})
    SELECT found.conversation_id, found.part, found.turn_id, CASE found.part
      WHEN 'title' THEN (SELECT title FROM conversations WHERE id = found.conversation_id)
      WHEN 'question' THEN (
        SELECT question FROM turns WHERE conversation_id = found.conversation_id AND answer_id = found.turn_id)
      ELSE (SELECT text FROM answer_records WHERE answer_id = found.turn_id)
    END AS text
    FROM found WHERE place <= ${MATCHES_EACH} ORDER BY place`.execute(kysely);
  for (const { conversation_id: id, part, turn_id: turnId, text } of rows) {
    const match = { part, ...(turnId === "" ? {} : { turnId }), ...snippetOf(text ?? "", needles) };
    matches.set(id, [...(matches.get(id) ?? []), match]);
  }
  return matches;
}
