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
import { expandEvents } from "./delta_runs.ts";
import { GroupCommit, Refusal } from "./group_commit.ts";
import { type CompactOptions, JournalCompactor } from "./journal_compactor.ts";
import { type JournalStatements, prepareJournal, rowsOf } from "./journal_statements.ts";
import { parseEvents } from "./stored_events.ts";

export interface SqliteJournalOptions {
  clock?: WallClock;
  /** Where it writes; others that write there share its transactions. */
  commits?: GroupCommit | undefined;
}

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
  readonly #compactor: JournalCompactor;
  readonly #tail: LiveTail = new LiveTail(this);
  /** Keys of the answers of leases in use: an append then finds its row by number. A lease from elsewhere is looked up. */
  readonly #keys = new WeakMap<Lease, number>();

  constructor(database: DatabaseSync, { clock = systemWallClock, commits }: SqliteJournalOptions = {}) {
    this.#clock = clock;
    this.#statements = prepareJournal(database);
    this.#commits = commits ?? new GroupCommit(database);
    this.#compactor = new JournalCompactor(this.#statements, this.#commits);
  }

  /** Answers that are followed now. */
  get followed(): number {
    return this.#tail.size;
  }

  /** Whether somebody follows the answer here. */
  isFollowed(answerId: string): boolean {
    return this.#tail.isFollowed(answerId);
  }

  /** Those who follow them. */
  get followers(): number {
    return this.#tail.followers;
  }

  async create(
    header: JournalHeader,
    { holder, ttlMs }: CreateOptions,
  ): Promise<{ created: true; lease: Lease } | { created: false; entry: JournalEntry }> {
    const { answerId, owner, createdAt } = header;
    const ask = JSON.stringify(header.ask);
    const made = await this.#commits.write(() => {
      const entry = this.#find(answerId);
      if (entry !== undefined) return { created: false as const, entry };
      const expiresAt = this.#clock.wallTime() + ttlMs;
      const answerKey = Number(this.#statements.insertHead.run(answerId, holder, expiresAt).lastInsertRowid);
      this.#statements.insertAsk.run(answerKey, owner, createdAt, ask);
      return { created: true as const, lease: this.#lease({ answerId, holder, epoch: 1, expiresAt }, answerKey) };
    });
    if (made.created) this.#tail.begin(answerId);
    return made;
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
    const text = JSON.stringify(events);
    const isEnd = last.type === "answer-end" ? 1 : 0;
    await this.#commits.write(
      () => {
        const { advance, insertBatch } = this.#statements;
        const answerKey = this.#keyOf(lease);
        if (answerKey === undefined) return new Refusal(leaseLost(lease, false));
        // Fence and sequence are one condition of one update, inside the transaction that writes the events.
        const { changes } = advance.run(last.seq, isEnd, answerKey, first.seq - 1, holder, epoch);
        if (changes === 0) return this.#refusal(lease, events);
        insertBatch.run(answerKey, last.seq, text);
        if (isEnd === 1) this.#statements.noteEnd.run(last.at, answerKey);
        return undefined;
      },
      () => this.#tail.publish(answerId, events),
    );
  }

  async read(answerId: string, after: number, limit: number): Promise<readonly JournalEvent[]> {
    const events: JournalEvent[] = [];
    if (limit <= 0) return events;
    for (const row of rowsOf(this.#statements.readBatches, answerId, after)) {
      for (const event of expandEvents(parseEvents(row.events), after)) {
        if (events.length >= limit) break;
        events.push(event);
      }
      if (events.length >= limit) break;
    }
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
      const answerKey = this.#keyOf(lease);
      const renewed = { answerId, holder, epoch, expiresAt };
      return answerKey === undefined ? renewed : this.#lease(renewed, answerKey);
    });
  }

  async takeExpired({ holder, ttlMs, limit }: CreateOptions & { limit: number }): Promise<Lease[]> {
    return this.#commits.write(() => {
      const now = this.#clock.wallTime();
      const expiresAt = now + ttlMs;
      const rows = this.#statements.takeExpired.all(holder, expiresAt, now, limit);
      return rows.map(({ answer_key, answer_id, lease_epoch }) =>
        this.#lease({ answerId: answer_id, holder, epoch: lease_epoch, expiresAt }, answer_key),
      );
    });
  }

  /** Lets the leases of holders that are known to be dead run out at once, so that nobody has to wait for their end. */
  async expireDeadHolders(isDead: (holder: string) => boolean): Promise<void> {
    const dead = this.#statements.findHolders.all().filter(({ lease_holder }) => isDead(lease_holder));
    if (dead.length === 0) return;
    await this.#commits.write(() => {
      for (const { lease_holder } of dead) this.#statements.expireHolder.run(lease_holder);
    });
  }

  /** Forgets answers that have ended, with all their events; those that run stay. */
  async remove(answerIds: readonly string[]): Promise<void> {
    for (const answerId of answerIds) {
      // Each by itself: a long journal has thousands of rows, and others wait for the end of a transaction.
      await this.#commits.write(() => {
        const head = this.#statements.findHead.get(answerId);
        if (head?.is_ended !== 1) return;
        for (const name of ["removeBatches", "removeAsk", "removeHead"] as const) {
          this.#statements[name].run(head.answer_key);
        }
      });
    }
  }

  /** Draws the deltas of answers that ended long ago together; tells nothing to any reader, and changes nothing of what it reads. */
  compact(options: CompactOptions): Promise<number> {
    return this.#compactor.compact(options);
  }

  async close(): Promise<void> {
    await this.#commits.close();
    this.#tail.close();
  }

  #lease(lease: Lease, answerKey: number): Lease {
    this.#keys.set(lease, answerKey);
    return lease;
  }

  #keyOf(lease: Lease): number | undefined {
    return this.#keys.get(lease) ?? this.#statements.findHead.get(lease.answerId)?.answer_key;
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
