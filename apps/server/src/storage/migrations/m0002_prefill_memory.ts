import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Which targets go on from a beginning of their own message, as far as it was learned. */
export const prefillMemory: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("prefill_memory")
      .addColumn("target", "text", (column) => column.primaryKey())
      .addColumn("accepts", "integer", (column) => column.notNull())
      .addColumn("learned_at", "bigint", (column) => column.notNull())
      .execute();
  },
};
