import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Journals know when their answer ended and whether they are compacted, and a turn is found by its answer. */
export const retention: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable("journal_heads").addColumn("ended_at", "bigint").execute();
    await db.schema
      .alterTable("journal_heads")
      .addColumn("is_compacted", "integer", (column) => column.notNull().defaultTo(0))
      .execute();
    // Of answers without a record only the beginning is known: they ended within minutes of it.
    await sql`
      UPDATE journal_heads SET ended_at = COALESCE(
        (SELECT json_extract(end_event, '$.at') FROM answer_records WHERE answer_id = journal_heads.answer_id),
        (SELECT created_at FROM journal_asks WHERE answer_key = journal_heads.answer_key),
        0)
      WHERE is_ended = 1`.execute(db);
    // Partial, so that the appends of a running answer touch neither.
    await sql`
      CREATE INDEX journal_heads_ended ON journal_heads (ended_at) WHERE ended_at IS NOT NULL`.execute(db);
    await sql`
      CREATE INDEX journal_heads_uncompacted ON journal_heads (ended_at)
      WHERE ended_at IS NOT NULL AND is_compacted = 0`.execute(db);
    await db.schema.createIndex("turns_by_answer").on("turns").column("answer_id").execute();
    await db.schema.createIndex("conversations_by_age").on("conversations").column("updated_at").execute();
  },
};
