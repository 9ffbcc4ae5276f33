import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** What one server keeps in a file beside its database, many keep here: they must sign alike. */
export const serverSecrets: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("server_secrets")
      .addColumn("name", "text", (column) => column.primaryKey())
      .addColumn("value", "text", (column) => column.notNull())
      .execute();
  },
};
