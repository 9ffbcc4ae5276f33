import type { Migration } from "kysely/migration";
import { beginning } from "./m0001_beginning.ts";

/** Every migration by name, in the order of the names; one that was released is never edited. */
export const MIGRATIONS: Record<string, Migration> = {
  "0001_beginning": beginning,
};
