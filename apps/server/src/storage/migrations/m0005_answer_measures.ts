import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** The measures of ended answers, one by one for a while, and summed up by time for long. */
export const answerMeasures: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("answer_measures")
      // Never given twice, also when all rows are gone: how far they were summed up is told by this number.
      .addColumn("measure_key", "integer", (column) => column.primaryKey().autoIncrement())
      .addColumn("answer_id", "text", (column) => column.notNull().unique())
      .addColumn("owner", "text", (column) => column.notNull())
      .addColumn("conversation_id", "text")
      .addColumn("ended_at", "bigint", (column) => column.notNull())
      .addColumn("route", "text", (column) => column.notNull())
      // Empty where no target wrote anything.
      .addColumn("provider", "text", (column) => column.notNull())
      .addColumn("model", "text", (column) => column.notNull())
      // JSON.
      .addColumn("measures", "text", (column) => column.notNull())
      .execute();
    await db.schema.createIndex("answer_measures_by_time").on("answer_measures").column("ended_at").execute();
    await db.schema
      .createTable("measure_sums")
      .addColumn("resolution_ms", "integer", (column) => column.notNull())
      .addColumn("starts_at", "bigint", (column) => column.notNull())
      .addColumn("route", "text", (column) => column.notNull())
      .addColumn("provider", "text", (column) => column.notNull())
      .addColumn("model", "text", (column) => column.notNull())
      // JSON.
      .addColumn("sums", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("measure_sums_key", ["resolution_ms", "starts_at", "route", "provider", "model"])
      .execute();
    await db.schema
      .createTable("measure_progress")
      .addColumn("id", "integer", (column) => column.primaryKey())
      // The last `measure_key` that is in the sums.
      .addColumn("summed_up_to", "integer", (column) => column.notNull())
      .execute();
  },
};
