import type { JournalEvent } from "@cogniforge/core/events";
import type { JournalEntry, JournalHeader } from "@cogniforge/core/journal";
import type { JournalArchive } from "../src/storage/mod.ts";

/** An archive for tests, with a count of what was brought to it; `refuse` makes it fail. */
export class MemoryArchive implements JournalArchive {
  readonly kept = new Map<string, { header: JournalHeader; events: readonly JournalEvent[] }>();
  /** How often each answer was brought. */
  readonly brought = new Map<string, number>();
  refuse: Error | undefined;

  async keep(header: JournalHeader, events: readonly JournalEvent[]): Promise<void> {
    const { answerId } = header;
    this.brought.set(answerId, (this.brought.get(answerId) ?? 0) + 1);
    if (this.refuse !== undefined) throw this.refuse;
    if (!this.kept.has(answerId)) this.kept.set(answerId, structuredClone({ header, events }));
  }

  async find(answerId: string): Promise<JournalEntry | undefined> {
    const known = this.kept.get(answerId);
    return known && { header: known.header, lastSeq: known.events.length, isEnded: true };
  }

  async read(answerId: string, after: number, limit: number): Promise<readonly JournalEvent[]> {
    return this.kept.get(answerId)?.events.slice(after, after + limit) ?? [];
  }
}
