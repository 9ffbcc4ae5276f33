import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** What administrators set in the console, each change a version of its own; and who changed what. */
export const consoleSettings: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("route_versions")
      // Never used twice, so that a version means the same for ever.
      .addColumn("version", "integer", (column) => column.primaryKey().autoIncrement())
      .addColumn("route", "text", (column) => column.notNull())
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("principal", "text", (column) => column.notNull())
      .addColumn("principal_name", "text", (column) => column.notNull())
      .addColumn("settings", "text")
      .addColumn("restored", "integer")
      .execute();
    await db.schema.createIndex("route_versions_by_route").on("route_versions").columns(["route", "version"]).execute();
    await db.schema
      .createTable("audit_log")
      .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("principal", "text", (column) => column.notNull())
      .addColumn("principal_name", "text", (column) => column.notNull())
      .addColumn("action", "text", (column) => column.notNull())
      .addColumn("object", "text", (column) => column.notNull())
      .addColumn("detail", "text", (column) => column.notNull())
      .execute();
  },
};
