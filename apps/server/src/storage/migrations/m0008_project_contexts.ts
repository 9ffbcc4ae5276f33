import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** What was sent of a project along with a question. */
export const projectContexts: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("project_contexts")
      .addColumn("answer_id", "text", (column) => column.primaryKey())
      .addColumn("conversation_id", "text", (column) =>
        column.notNull().references("conversations.id").onDelete("cascade"),
      )
      .addColumn("project", "text", (column) => column.notNull())
      .addColumn("version", "text", (column) => column.notNull())
      .addColumn("text", "text", (column) => column.notNull())
      .addColumn("length", "integer", (column) => column.notNull())
      .addColumn("sections", "text", (column) => column.notNull())
      .execute();
    await db.schema
      .createIndex("project_contexts_by_conversation")
      .on("project_contexts")
      .column("conversation_id")
      .execute();
  },
};
