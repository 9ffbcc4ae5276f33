import type { JournalEvent } from "@cogniforge/core/events";
import { EMPTY_ANSWER_STATE, foldEvent } from "@cogniforge/core/events";
import type { JournalEntry, JournalHeader } from "@cogniforge/core/journal";
import type { AnswerRecords, JournalArchive, MakeRecord } from "../storage/mod.ts";

export interface RecordedArchiveOptions {
  archive: JournalArchive;
  records: Pick<AnswerRecords, "get" | "put">;
  makeRecord: MakeRecord;
}

/**
 * An archive that takes no journal without its record.
 *
 * Whoever ends an answer writes its record right after, and may die in between or find the database away. A journal that is not
 * archived is tried again, by its own process or another: so its record is, too.
 */
export class RecordedArchive implements JournalArchive {
  readonly #options: RecordedArchiveOptions;

  constructor(options: RecordedArchiveOptions) {
    this.#options = options;
  }

  async keep(header: JournalHeader, events: readonly JournalEvent[]): Promise<void> {
    const { archive, records, makeRecord } = this.#options;
    // First the record: once the archive has the journal, nobody comes back to it.
    if ((await records.get(header.answerId)) === undefined) {
      const record = makeRecord(header, events.reduce(foldEvent, EMPTY_ANSWER_STATE));
      if (record !== undefined) await records.put(record);
    }
    await archive.keep(header, events);
  }

  find(answerId: string): Promise<JournalEntry | undefined> {
    return this.#options.archive.find(answerId);
  }

  read(answerId: string, after: number, limit: number): Promise<readonly JournalEvent[]> {
    return this.#options.archive.read(answerId, after, limit);
  }
}
