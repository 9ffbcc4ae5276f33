import type { JournalEvent } from "../events/mod.ts";

/** Sole right to append to an answer until `expiresAt`, fenced by `epoch`. */
export interface Lease {
  answerId: string;
  /** Who holds it: unique for each running process. */
  holder: string;
  /** Rises with every change of hands; an append with an older epoch is refused. */
  epoch: number;
  /** Epoch milliseconds. */
  expiresAt: number;
}

/** What was asked, stored beside the events, so that whoever takes an expired lease can go on with the answer. */
export interface JournalHeader {
  answerId: string;
  /** Who may read and cancel the answer: a principal's id. */
  owner: string;
  /** Epoch milliseconds. */
  createdAt: number;
  /** The ask as JSON; its shape is the engine's affair. */
  ask: unknown;
}

/** What a journal tells of an answer. */
export interface JournalEntry {
  header: JournalHeader;
  /** Sequence of the last event; 0 before the first. */
  lastSeq: number;
  /** Whether the terminal event is written. */
  isEnded: boolean;
}

/** The append was refused: the lease expired and was taken, or the answer has ended. */
export class LeaseLostError extends Error {
  override readonly name = "LeaseLostError";
}

export interface CreateOptions {
  holder: string;
  /** Lifetime of the lease in milliseconds. */
  ttlMs: number;
}

export interface FollowOptions {
  /** Sequence after which to begin; 0 for the beginning. */
  after: number;
  /** Ends the following: the iteration then returns. */
  signal?: AbortSignal | undefined;
}

/**
 * The append-only record of every answer's events.
 *
 * Nothing is shown to a reader before `append` has resolved, and what `append` has acknowledged survives the death of the process.
 */
export interface Journal {
  /** Creates an answer's record with a lease for `holder`; if the id exists, tells what is there and gives no lease. */
  create(
    header: JournalHeader,
    options: CreateOptions,
  ): Promise<{ created: true; lease: Lease } | { created: false; entry: JournalEntry }>;

  /** What is known of an answer; `undefined` if there is none. */
  find(answerId: string): Promise<JournalEntry | undefined>;

  /**
   * Appends events, all or none; resolves when they are durable. Their `seq` must go on without a gap.
   *
   * A batch that ends with `answer-end` ends the answer and gives the lease up.
   *
   * @throws {LeaseLostError} If the lease is no longer valid.
   * @throws {RangeError} If the sequence has a gap.
   */
  append(lease: Lease, events: readonly JournalEvent[]): Promise<void>;

  /** Up to `limit` events after a sequence, in order; empty if there are none yet. */
  read(answerId: string, after: number, limit: number): Promise<readonly JournalEvent[]>;

  /**
   * Yields the events after a sequence, in order and without a gap, first from the past, then as they are appended, batch by
   * batch; returns after the terminal event. A slow reader slows only itself.
   */
  follow(answerId: string, options: FollowOptions): AsyncIterable<readonly JournalEvent[]>;

  /**
   * Prolongs a lease by `ttlMs` from now.
   *
   * @throws {LeaseLostError} If it is no longer held.
   */
  renew(lease: Lease, ttlMs: number): Promise<Lease>;

  /** Takes leases of unended answers that have expired, at most `limit`, each with a new epoch. */
  takeExpired(options: CreateOptions & { limit: number }): Promise<Lease[]>;

  /** Releases what the journal holds; appends under way are finished first. */
  close(): Promise<void>;
}
