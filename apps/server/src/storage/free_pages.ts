import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import { storageFaultOf } from "./storage_fault.ts";

/** `PRAGMA auto_vacuum`: free pages go back to the disk when that is asked for. */
const INCREMENTAL = 2;

/** Up to this size a file is written anew at the start so that it can shrink later: that takes less than a second. */
const REWRITTEN_BYTES = 64 * 2 ** 20;

/** Free pages that are left for what comes next, and those that are given back in one transaction. */
const LEFT_FREE = 1_024;
const PAGES_AT_ONCE = 128;

/** Lets a new database give its free pages back; to be called before anything is written to it. */
export function letNewShrink(database: DatabaseSync): void {
  if (numberOf(database, "page_count") === 0) database.exec(`PRAGMA auto_vacuum = ${INCREMENTAL}`);
}

/** Lets an older database do so, if it is small; a larger one keeps its free pages and uses them again. */
export function letOldShrink(database: DatabaseSync, path: string): void {
  if (numberOf(database, "auto_vacuum") === INCREMENTAL || statSync(path).size > REWRITTEN_BYTES) return;
  try {
    database.exec(`PRAGMA auto_vacuum = ${INCREMENTAL}; VACUUM`);
  } catch (error) {
    // No room for the copy, or somebody else reads: nothing is lost by doing it at another start.
    const fault = storageFaultOf(error);
    if (fault !== "disk-full" && fault !== "locked") throw error;
  }
}

/** Gives free pages back to the disk, a few at a time; tells how many bytes the file is smaller. */
export async function freePages(database: DatabaseSync): Promise<number> {
  if (numberOf(database, "auto_vacuum") !== INCREMENTAL) return 0;
  const before = numberOf(database, "page_count");
  for (;;) {
    await nextTurn();
    // A transaction of Kysely that waits for something in between has the connection: it goes first.
    if (database.isTransaction) continue;
    const free = numberOf(database, "freelist_count");
    if (free <= LEFT_FREE) break;
    database.exec(`PRAGMA incremental_vacuum(${Math.min(PAGES_AT_ONCE, free - LEFT_FREE)})`);
    if (numberOf(database, "freelist_count") >= free) break;
  }
  return Math.max(0, before - numberOf(database, "page_count")) * numberOf(database, "page_size");
}

function numberOf(database: DatabaseSync, pragma: string): number {
  return Number(Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0]);
}
