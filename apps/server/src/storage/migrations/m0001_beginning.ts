import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** The journal, the conversations and the records of ended answers. */
export const beginning: Migration = {
  async up(db: Kysely<unknown>) {
    await createJournal(db);
    await createConversations(db);
    await db.schema
      .createTable("answer_records")
      .addColumn("answer_id", "text", (column) => column.primaryKey())
      .addColumn("owner", "text", (column) => column.notNull())
      .addColumn("conversation_id", "text")
      .addColumn("route", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("text", "text", (column) => column.notNull())
      .addColumn("reasoning", "text", (column) => column.notNull())
      .addColumn("tool_calls", "text", (column) => column.notNull())
      .addColumn("end_event", "text", (column) => column.notNull())
      .execute();
    await db.schema
      .createTable("health_checks")
      .addColumn("id", "integer", (column) => column.primaryKey())
      .addColumn("checked_at", "bigint", (column) => column.notNull())
      .execute();
  },
};

/**
 * What was asked is written once and can be long, what changes with every append is short: apart from each other, an
 * append rewrites some 60 bytes and never the question.
 */
async function createJournal(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("journal_heads")
    // Batches name their answer by this number: a tenth of the bytes of its id.
    .addColumn("answer_key", "integer", (column) => column.primaryKey())
    .addColumn("answer_id", "text", (column) => column.notNull().unique())
    .addColumn("last_seq", "integer", (column) => column.notNull())
    .addColumn("is_ended", "integer", (column) => column.notNull())
    .addColumn("lease_holder", "text", (column) => column.notNull())
    .addColumn("lease_epoch", "integer", (column) => column.notNull())
    .addColumn("lease_expires_at", "bigint", (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex("journal_heads_running")
    .on("journal_heads")
    .column("lease_expires_at")
    .where(sql.ref("is_ended"), "=", sql.lit(0))
    .execute();
  await db.schema
    .createTable("journal_asks")
    .addColumn("answer_key", "integer", (column) => column.primaryKey())
    .addColumn("owner", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("ask", "text", (column) => column.notNull())
    .execute();
  // One row for each append, in the order of appending: a thousand answers that grow at once then fill the same few
  // pages, where rows in the order of their answers would dirty a page each. Only the narrow index is scattered.
  await db.schema
    .createTable("journal_batches")
    .addColumn("batch_key", "integer", (column) => column.primaryKey())
    .addColumn("answer_key", "integer", (column) => column.notNull())
    .addColumn("last_seq", "integer", (column) => column.notNull())
    // The events as a JSON array.
    .addColumn("events", "text", (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex("journal_batches_by_answer")
    .unique()
    .on("journal_batches")
    .columns(["answer_key", "last_seq"])
    .execute();
}

async function createConversations(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("conversations")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("owner", "text", (column) => column.notNull())
    .addColumn("title", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("updated_at", "bigint", (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex("conversations_by_owner")
    .on("conversations")
    .columns(["owner", "updated_at", "id"])
    .execute();
  await db.schema
    .createTable("turns")
    .addColumn("conversation_id", "text", (column) =>
      column.notNull().references("conversations.id").onDelete("cascade"),
    )
    .addColumn("position", "integer", (column) => column.notNull())
    .addColumn("answer_id", "text", (column) => column.notNull())
    .addColumn("question", "text", (column) => column.notNull())
    .addColumn("asked_at", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("turns_key", ["conversation_id", "position"])
    .addUniqueConstraint("turns_once", ["conversation_id", "answer_id"])
    .execute();
}
