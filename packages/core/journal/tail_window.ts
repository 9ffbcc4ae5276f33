import type { JournalEvent } from "../events/mod.ts";

/** The latest events of one answer, contiguous and bounded. */
export class TailWindow {
  readonly #capacity: number;
  #isFromStart: boolean;
  #events: JournalEvent[] = [];

  /** @param isFromStart Whether the answer has no event before those that will be pushed. */
  constructor(capacity: number, isFromStart = false) {
    this.#capacity = capacity;
    this.#isFromStart = isFromStart;
  }

  /** How many events are in it. */
  get length(): number {
    return this.#events.length;
  }

  /** Sequence of the latest event; 0 if there was none yet. */
  get lastSeq(): number {
    return this.#events.at(-1)?.seq ?? 0;
  }

  /** Whether the answer ended within it. */
  get hasEnd(): boolean {
    return this.#events.at(-1)?.type === "answer-end";
  }

  push(events: readonly JournalEvent[]): void {
    const first = events[0];
    if (first === undefined) return;
    // Another process may have held the lease meanwhile: then the window starts anew rather than hide a gap.
    if (this.#events.length > 0 && first.seq !== this.lastSeq + 1) this.#events = [];
    for (const event of events) this.#events.push(event);
    // Cut at twice the capacity, so that a push costs its own length on average.
    if (this.#events.length >= this.#capacity * 2) this.#events = this.#events.slice(-this.#capacity);
  }

  /** Forgets all, as it can't be sure any more that nothing came after it. */
  clear(): void {
    this.#events = [];
    this.#isFromStart = false;
  }

  /** Up to `limit` events after a sequence; `undefined` if the window can't tell, as it begins later or is empty. */
  after(seq: number, limit: number): readonly JournalEvent[] | undefined {
    const first = this.#events[0];
    if (first === undefined) return this.#isFromStart && seq === 0 ? [] : undefined;
    if (seq + 1 < first.seq) return undefined;
    const from = seq + 1 - first.seq;
    return this.#events.slice(from, from + limit);
  }
}
