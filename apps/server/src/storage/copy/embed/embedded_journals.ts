import type { DatabaseSync } from "node:sqlite";
import { sql } from "kysely";
import type { StorageSchema } from "../../schema.ts";
import { type EmbedContext, type EmbeddedPart, inTransaction } from "./embedded_part.ts";
import type { RowHash } from "./row_hash.ts";
import { snapshotRows } from "./snapshot_rows.ts";

type HeadRow = StorageSchema["archived_journals"];
type BatchRow = StorageSchema["archived_batches"];

/** Ended, compacted, and nobody's: as the embedded journal leaves an answer in the end. */
const INSERT_HEAD = `
  INSERT INTO journal_heads
    (answer_id, last_seq, is_ended, lease_holder, lease_epoch, lease_expires_at, ended_at, is_compacted)
  VALUES (?, ?, 1, '', 1, 0, ?, 1)`;
const INSERT_ASK = "INSERT INTO journal_asks (answer_key, owner, created_at, ask) VALUES (?, ?, ?, ?)";

/** The heads of archived journals. */
export class EmbeddedHeads implements EmbeddedPart {
  readonly name = "archived_journals";

  async write({ source, target }: EmbedContext, written: RowHash): Promise<void> {
    const insertHead = target.prepare(INSERT_HEAD);
    const insertAsk = target.prepare(INSERT_ASK);
    const query = sql<HeadRow>`
      SELECT answer_id, owner, created_at, ended_at, last_seq, ask FROM archived_journals ORDER BY answer_id`;
    for await (const rows of snapshotRows(source, query)) {
      inTransaction(target, () => {
        for (const { answer_id, owner, created_at, ended_at, last_seq, ask } of rows) {
          const { lastInsertRowid } = insertHead.run(answer_id, last_seq, ended_at);
          insertAsk.run(lastInsertRowid, owner, created_at, ask);
        }
      });
      for (const row of rows) written.add(row);
    }
  }

  readBack(target: DatabaseSync, found: RowHash): void {
    const statement = target.prepare(`
      SELECT answer_id, owner, created_at, ended_at, last_seq, ask
      FROM journal_heads JOIN journal_asks USING (answer_key) WHERE is_ended = 1 ORDER BY answer_key`);
    for (const row of statement.iterate()) found.add(row);
  }
}

/** Their events, as they stand in the archive: it draws deltas together in the same way as the embedded journal. */
export class EmbeddedBatches implements EmbeddedPart {
  readonly name = "archived_batches";

  async write({ source, target }: EmbedContext, written: RowHash): Promise<void> {
    const insert = target.prepare(`
      INSERT INTO journal_batches (answer_key, last_seq, events)
      VALUES ((SELECT answer_key FROM journal_heads WHERE answer_id = ?), ?, ?)`);
    const query = sql<BatchRow>`
      SELECT answer_id, last_seq, events FROM archived_batches ORDER BY answer_id, last_seq`;
    for await (const rows of snapshotRows(source, query)) {
      inTransaction(target, () => {
        for (const { answer_id, last_seq, events } of rows) insert.run(answer_id, last_seq, events);
      });
      for (const row of rows) written.add(row);
    }
  }

  readBack(target: DatabaseSync, found: RowHash): void {
    const statement = target.prepare(`
      SELECT answer_id, journal_batches.last_seq, events
      FROM journal_batches JOIN journal_heads USING (answer_key) WHERE is_ended = 1 ORDER BY batch_key`);
    for (const row of statement.iterate()) found.add(row);
  }
}
