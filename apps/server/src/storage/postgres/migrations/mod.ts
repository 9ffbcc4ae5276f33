import type { Migration } from "kysely/migration";
import { postgresBeginning } from "./p0001_beginning.ts";
import { serverSecrets } from "./p0002_server_secrets.ts";

/**
 * Every migration by name, in the order of the names; one that was released is never edited.
 *
 * PostgreSQL begins where SQLite stood after `0009_retention`; whatever comes later comes to both.
 */
export const POSTGRES_MIGRATIONS: Record<string, Migration> = {
  p0001_beginning: postgresBeginning,
  p0002_server_secrets: serverSecrets,
};
