import type { StoredEvent } from "./delta_runs.ts";

/** A row that SQLite gives out and that can't have been written so: SQLite checks the order of its pages, not what they hold. */
export class DamagedRowError extends Error {
  override readonly name = "DamagedRowError";
}

/**
 * Reads a batch of the journal.
 *
 * @throws {DamagedRowError} If it is not what was written.
 */
export function parseEvents(text: string): StoredEvent[] {
  try {
    return JSON.parse(text) as StoredEvent[];
  } catch (cause) {
    throw new DamagedRowError("Cannot read a batch of the journal as it is damaged", { cause });
  }
}
