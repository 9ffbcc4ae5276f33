import type { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { JournalEvent } from "@cogniforge/core/events";
import type {
  CreateOptions,
  FollowOptions,
  Journal,
  JournalEntry,
  JournalHeader,
  Lease,
  WallClock,
} from "@cogniforge/core/journal";
import { checkBatch, LiveTail, leaseLost, systemWallClock } from "@cogniforge/core/journal";
import { GroupCommit, Refusal } from "./group_commit.ts";
import { type JournalStatements, prepareJournal } from "./journal_statements.ts";

/**
 * The journal on SQLite.
 *
 * All writes of one event-loop turn are one transaction, and every answer's followers hear of it once, after the commit.
 * Statements are prepared once and bypass the query builder: this is the path of every token.
 */
export class SqliteJournal implements Journal {
  readonly #clock: WallClock;
  readonly #statements: JournalStatements;
  readonly #commits: GroupCommit;
  readonly #tail: LiveTail = new LiveTail(this);

  constructor(database: DatabaseSync, { clock = systemWallClock }: { clock?: WallClock } = {}) {
    this.#clock = clock;
    this.#statements = prepareJournal(database);
    this.#commits = new GroupCommit(database);
  }

  async create(
    header: JournalHeader,
    { holder, ttlMs }: CreateOptions,
  ): Promise<{ created: true; lease: Lease } | { created: false; entry: JournalEntry }> {
    const { answerId, owner, createdAt } = header;
    const ask = JSON.stringify(header.ask);
    return this.#commits.write(() => {
      const entry = this.#find(answerId);
      if (entry !== undefined) return { created: false, entry };
      const expiresAt = this.#clock.wallTime() + ttlMs;
      const { lastInsertRowid } = this.#statements.insertHead.run(answerId, holder, expiresAt);
      this.#statements.insertAsk.run(lastInsertRowid, owner, createdAt, ask);
      return { created: true, lease: { answerId, holder, epoch: 1, expiresAt } };
    });
  }

  async find(answerId: string): Promise<JournalEntry | undefined> {
    return this.#find(answerId);
  }

  async append(lease: Lease, events: readonly JournalEvent[]): Promise<void> {
    const first = events[0];
    const last = events.at(-1);
    if (first === undefined || last === undefined) return;
    const { answerId, holder, epoch } = lease;
    checkBatch(answerId, first.seq - 1, events);
    // Serialised here and never again: what the caller does to its events afterwards changes nothing.
    const texts = events.map((event) => JSON.stringify(event));
    const isEnd = last.type === "answer-end" ? 1 : 0;
    const { advance, insertEvent } = this.#statements;
    await this.#commits.write(
      () => {
        // Fence and sequence are one condition of one update, inside the transaction that writes the events.
        const head = advance.get(last.seq, isEnd, answerId, first.seq - 1, holder, epoch);
        if (head === undefined) return this.#refusal(lease, events);
        for (let index = 0, seq = first.seq; index < texts.length; index++, seq++) {
          insertEvent.run(head.answer_key, seq, texts[index] as string);
        }
        return undefined;
      },
      () => this.#tail.publish(answerId, events),
    );
  }

  async read(answerId: string, after: number, limit: number): Promise<readonly JournalEvent[]> {
    const rows = this.#statements.readEvents.all(answerId, after, limit);
    const events = rows.map(({ data }) => JSON.parse(data) as JournalEvent);
    // A long history is read in many full pages: others get their turn between them.
    if (events.length === limit) await nextTurn();
    return events;
  }

  follow(answerId: string, options: FollowOptions): AsyncIterable<readonly JournalEvent[]> {
    return this.#tail.follow(answerId, options);
  }

  async renew(lease: Lease, ttlMs: number): Promise<Lease> {
    const { answerId, holder, epoch } = lease;
    return this.#commits.write(() => {
      const expiresAt = this.#clock.wallTime() + ttlMs;
      const { changes } = this.#statements.renew.run(expiresAt, answerId, holder, epoch);
      if (changes === 0) return new Refusal(leaseLost(lease, this.#find(answerId)?.isEnded ?? false));
      return { answerId, holder, epoch, expiresAt };
    });
  }

  async takeExpired({ holder, ttlMs, limit }: CreateOptions & { limit: number }): Promise<Lease[]> {
    return this.#commits.write(() => {
      const now = this.#clock.wallTime();
      const expiresAt = now + ttlMs;
      const rows = this.#statements.takeExpired.all(holder, expiresAt, now, limit);
      return rows.map(({ answer_id, lease_epoch }) => ({ answerId: answer_id, holder, epoch: lease_epoch, expiresAt }));
    });
  }

  async close(): Promise<void> {
    await this.#commits.close();
    this.#tail.close();
  }

  #find(answerId: string): JournalEntry | undefined {
    const row = this.#statements.find.get(answerId);
    if (row === undefined) return undefined;
    const { owner, created_at, ask, last_seq, is_ended } = row;
    return {
      header: { answerId, owner, createdAt: created_at, ask: JSON.parse(ask) },
      lastSeq: last_seq,
      isEnded: is_ended === 1,
    };
  }

  /** Why an append found no head to advance. */
  #refusal(lease: Lease, events: readonly JournalEvent[]): Refusal {
    const head = this.#statements.findHead.get(lease.answerId);
    const isEnded = head?.is_ended === 1;
    if (isEnded || head?.lease_holder !== lease.holder || head.lease_epoch !== lease.epoch) {
      return new Refusal(leaseLost(lease, isEnded));
    }
    try {
      checkBatch(lease.answerId, head.last_seq, events);
      throw new Error(`Cannot append to the answer '${lease.answerId}' although its head allows it`);
    } catch (error) {
      return new Refusal(error as Error);
    }
  }
}
