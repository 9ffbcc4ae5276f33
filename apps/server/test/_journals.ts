import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { JournalEvent } from "@cogniforge/core/events";

/** One answer as the file has it, read without any of the code that writes it. */
export interface StoredJournal {
  answerId: string;
  isEnded: boolean;
  /** How many holders it has had. */
  epoch: number;
  events: JournalEvent[];
}

/** Reads every journal of a server's folder, running or not. */
export function readJournals(directory: string): StoredJournal[] {
  const database = new DatabaseSync(join(directory, "data", "cogniforge.sqlite"), { readOnly: true });
  try {
    const heads = database.prepare("SELECT * FROM journal_heads").all();
    const batches = database.prepare("SELECT events FROM journal_batches WHERE answer_key = ? ORDER BY last_seq");
    return heads.map((head) => ({
      answerId: String(head.answer_id),
      isEnded: head.is_ended === 1,
      epoch: Number(head.lease_epoch),
      events: batches.all(head.answer_key as number).flatMap(({ events }) => JSON.parse(String(events))),
    }));
  } finally {
    database.close();
  }
}
