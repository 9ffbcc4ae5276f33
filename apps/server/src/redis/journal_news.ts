import type { JournalEvent } from "@cogniforge/core/events";
import type { LiveTail } from "@cogniforge/core/journal";
import { parseEvents } from "../storage/stored_events.ts";
import type { JournalKeys } from "./journal_keys.ts";
import type { RedisConnection } from "./redis_connection.ts";

/** How often leases that nobody renewed are looked for, in milliseconds. */
const LOOK_MS = 500;

export interface JournalNewsOptions {
  connection: RedisConnection;
  keys: JournalKeys;
  tail: LiveTail;
  /** Told of an answer whose lease is lost, given up, or not sure any more. */
  onNotHeld(answerId: string): void;
}

/**
 * Hears what other processes append to the answers that are followed here.
 *
 * Each append tells its batch on the answer's own channel, in the script that writes it: one hop from the write to every replica
 * that listens, no read after it, and nothing at all where nobody listens. A blocking read over all followed streams would cost
 * their number at every wake-up, and a stream for each replica would have to know who reads where.
 *
 * A channel keeps nothing, so whoever begins to hear it, or comes back to it, reads on from the journal first. While the lease of
 * an answer is held here, nobody else can append, and there is nothing to hear.
 */
export class JournalNews {
  readonly #connection: RedisConnection;
  readonly #keys: JournalKeys;
  readonly #tail: LiveTail;
  readonly #onNotHeld: (answerId: string) => void;
  /** Followed answers, with what ends the listening where there is any. */
  readonly #followed = new Map<string, (() => void) | undefined>();
  /** Until when no other process can hold the lease, in monotonic milliseconds. */
  readonly #heldUntil = new Map<string, number>();
  readonly #look: NodeJS.Timeout;

  constructor({ connection, keys, tail, onNotHeld }: JournalNewsOptions) {
    this.#connection = connection;
    this.#keys = keys;
    this.#tail = tail;
    this.#onNotHeld = onNotHeld;
    this.#look = setInterval(() => this.#dropExpired(), LOOK_MS).unref();
  }

  /** @param askedAt When the lease was asked for, in monotonic milliseconds: it can't run out sooner than `ttlMs` after it. */
  held(answerId: string, askedAt: number, ttlMs: number): void {
    this.#heldUntil.set(answerId, askedAt + ttlMs);
  }

  /** The lease is lost, given up, or not sure any more. */
  notHeld(answerId: string): void {
    this.#heldUntil.delete(answerId);
    this.#onNotHeld(answerId);
    if (this.#followed.has(answerId) && this.#followed.get(answerId) === undefined) this.#listen(answerId);
  }

  /** The answer has ended here: nothing will follow. */
  ended(answerId: string): void {
    this.#heldUntil.delete(answerId);
  }

  followed(answerId: string): void {
    this.#followed.set(answerId, undefined);
    const heldUntil = this.#heldUntil.get(answerId);
    if (heldUntil === undefined || heldUntil < performance.now()) this.#listen(answerId);
  }

  left(answerId: string): void {
    this.#followed.get(answerId)?.();
    this.#followed.delete(answerId);
  }

  close(): void {
    clearInterval(this.#look);
    for (const answerId of [...this.#followed.keys()]) this.left(answerId);
  }

  #listen(answerId: string): void {
    const stop = this.#connection.listen(this.#keys.news(answerId), {
      hear: (message) => this.#hear(answerId, message),
      onHeard: () => this.#tail.refresh(answerId),
      onLook: () => this.#tail.refresh(answerId),
    });
    this.#followed.set(answerId, stop);
  }

  #hear(answerId: string, message: string): void {
    const space = message.indexOf(" ");
    if (this.#tail.knows(answerId, Number(message.slice(0, space)))) return;
    this.#tail.publish(answerId, parseEvents(message.slice(space + 1)) as JournalEvent[]);
  }

  #dropExpired(): void {
    const now = performance.now();
    for (const [answerId, until] of this.#heldUntil) if (until < now) this.notHeld(answerId);
  }
}
