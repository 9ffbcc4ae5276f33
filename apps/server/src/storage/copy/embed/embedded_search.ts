import type { DatabaseSync } from "node:sqlite";
import { sql } from "kysely";
import type { StorageSchema } from "../../schema.ts";
import { SearchWriter } from "../../sqlite_search_index.ts";
import { indexedText } from "../indexed_text.ts";
import { sourcePages } from "../source_pages.ts";
import { type EmbedContext, type EmbeddedPart, inTransaction } from "./embedded_part.ts";
import type { RowHash } from "./row_hash.ts";
import { snapshotRows } from "./snapshot_rows.ts";

type EntryRow = Omit<StorageSchema["search_entries"], "entry_key">;

/** The index of conversations, made anew from their texts: those must be there before it. */
export class EmbeddedSearch implements EmbeddedPart {
  readonly name = "search_entries";

  async write({ source, target }: EmbedContext, written: RowHash): Promise<void> {
    const writer = new SearchWriter(target);
    const query = sql<EntryRow>`SELECT conversation_id, part, turn_id
      FROM search_entries ORDER BY conversation_id, part, turn_id`;
    for await (const rows of snapshotRows(source, query)) {
      inTransaction(target, () => {
        for (const { conversation_id, part, turn_id } of rows) {
          const key = { conversationId: conversation_id, part, turnId: turn_id };
          writer.put(key, indexedText(target, key));
        }
      });
      for (const row of rows) written.add(row);
    }
  }

  readBack(target: DatabaseSync, found: RowHash): void {
    for (const page of sourcePages(target, this.name)) {
      for (const { conversation_id, part, turn_id } of page) found.add({ conversation_id, part, turn_id });
    }
  }
}
