import type { JournalEvent } from "@cogniforge/core/events";
import type { JournalEntry, JournalHeader } from "@cogniforge/core/journal";

/** Where the journals of ended answers are kept once they have left the store of the live ones. */
export interface JournalArchive {
  /** Keeps a whole ended journal, all or nothing; the same answer again changes nothing. */
  keep(header: JournalHeader, events: readonly JournalEvent[]): Promise<void>;

  /** What is known of an answer; `undefined` if its journal is not here. */
  find(answerId: string): Promise<JournalEntry | undefined>;

  /** Up to `limit` events after a sequence, in order; none if its journal is not here. */
  read(answerId: string, after: number, limit: number): Promise<readonly JournalEvent[]>;
}
