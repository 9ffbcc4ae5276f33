import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * Each text that is indexed makes a small index of its own, and FTS5 merges four of them at a time unless told otherwise; sixteen at
 * a time write a third less (https://www.sqlite.org/fts5.html#the_automerge_configuration_option).
 */
export const searchMerges: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`INSERT INTO search_index (search_index, rank) VALUES ('automerge', 16)`.execute(db);
  },
};
