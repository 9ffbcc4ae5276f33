import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** The keys of programs, and what was spent by each of them on each day. */
export const apiKeys: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("api_keys")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("owner", "text", (column) => column.notNull())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("hash", "text", (column) => column.notNull().unique())
      .addColumn("hint", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("expires_at", "bigint")
      .addColumn("last_used_at", "bigint")
      .addColumn("routes", "text", (column) => column.notNull())
      .addColumn("limits", "text", (column) => column.notNull())
      .addColumn("revoked_at", "bigint")
      .addColumn("is_suspended", "integer", (column) => column.notNull().defaultTo(0))
      .execute();
    await db.schema
      .createTable("api_key_spend")
      .addColumn("key_id", "text", (column) => column.notNull().references("api_keys.id").onDelete("cascade"))
      .addColumn("day", "text", (column) => column.notNull())
      .addColumn("usd", "real", (column) => column.notNull())
      .addColumn("tokens", "integer", (column) => column.notNull())
      .addColumn("answers", "integer", (column) => column.notNull())
      .addPrimaryKeyConstraint("api_key_spend_key", ["key_id", "day"])
      .execute();
  },
};
