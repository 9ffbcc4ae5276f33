import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** What was learned of a target holds for the way in which its provider was set up then. */
export const prefillSetting: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable("prefill_memory")
      .addColumn("setting", "text", (column) => column.notNull().defaultTo(""))
      .execute();
  },
};
