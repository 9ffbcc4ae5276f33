import type { JournalEvent } from "../events/mod.ts";
import { checkBatch, leaseLost } from "./append_rules.ts";
import type { CreateOptions, FollowOptions, Journal, JournalEntry, JournalHeader, Lease } from "./journal.ts";
import { LiveTail } from "./live_tail.ts";
import type { WallClock } from "./wall_clock.ts";
import { systemWallClock } from "./wall_clock.ts";

interface AnswerEntry {
  header: JournalHeader;
  events: JournalEvent[];
  isEnded: boolean;
  holder: string;
  epoch: number;
  expiresAt: number;
}

/** A journal in the memory of one process, for tests and trials: it survives nothing, and keeps everything until it is dropped. */
export class MemoryJournal implements Journal {
  readonly #clock: WallClock;
  readonly #records = new Map<string, AnswerEntry>();
  readonly #tail: LiveTail = new LiveTail(this);

  constructor({ clock = systemWallClock }: { clock?: WallClock } = {}) {
    this.#clock = clock;
  }

  async create(
    header: JournalHeader,
    { holder, ttlMs }: CreateOptions,
  ): Promise<{ created: true; lease: Lease } | { created: false; entry: JournalEntry }> {
    const { answerId } = header;
    const known = this.#records.get(answerId);
    if (known !== undefined) return { created: false, entry: entryOf(known) };
    const record: AnswerEntry = {
      header: structuredClone(header),
      events: [],
      isEnded: false,
      holder,
      epoch: 1,
      expiresAt: this.#clock.wallTime() + ttlMs,
    };
    this.#records.set(answerId, record);
    return { created: true, lease: leaseOf(record) };
  }

  async find(answerId: string): Promise<JournalEntry | undefined> {
    const record = this.#records.get(answerId);
    return record && entryOf(record);
  }

  async append(lease: Lease, events: readonly JournalEvent[]): Promise<void> {
    const record = this.#held(lease);
    checkBatch(lease.answerId, record.events.length, events);
    for (const event of events) record.events.push(event);
    record.isEnded = events.at(-1)?.type === "answer-end";
    this.#tail.publish(lease.answerId, events);
  }

  async read(answerId: string, after: number, limit: number): Promise<readonly JournalEvent[]> {
    return this.#records.get(answerId)?.events.slice(after, after + limit) ?? [];
  }

  follow(answerId: string, options: FollowOptions): AsyncIterable<readonly JournalEvent[]> {
    return this.#tail.follow(answerId, options);
  }

  async renew(lease: Lease, ttlMs: number): Promise<Lease> {
    const record = this.#held(lease);
    record.expiresAt = this.#clock.wallTime() + ttlMs;
    return leaseOf(record);
  }

  async takeExpired({ holder, ttlMs, limit }: CreateOptions & { limit: number }): Promise<Lease[]> {
    const now = this.#clock.wallTime();
    const taken: Lease[] = [];
    for (const record of this.#records.values()) {
      if (taken.length >= limit) break;
      if (record.isEnded || record.expiresAt > now) continue;
      record.holder = holder;
      record.epoch += 1;
      record.expiresAt = now + ttlMs;
      taken.push(leaseOf(record));
    }
    return taken;
  }

  async close(): Promise<void> {
    this.#tail.close();
  }

  /** A lease that merely ran out still holds: only whoever takes it over fences the holder off. */
  #held(lease: Lease): AnswerEntry {
    const record = this.#records.get(lease.answerId);
    if (record === undefined || record.isEnded || record.holder !== lease.holder || record.epoch !== lease.epoch) {
      throw leaseLost(lease, record?.isEnded ?? false);
    }
    return record;
  }
}

function entryOf({ header, events, isEnded }: AnswerEntry): JournalEntry {
  return { header, lastSeq: events.length, isEnded };
}

function leaseOf({ header, holder, epoch, expiresAt }: AnswerEntry): Lease {
  return { answerId: header.answerId, holder, epoch, expiresAt };
}
