import type { JournalKeys } from "./journal_keys.ts";
import { DUE, LET_EXPIRE, LOOK_AFTER } from "./journal_scripts.ts";
import type { RedisConnection } from "./redis_connection.ts";

/** How often a holder is noted as alive, in milliseconds. */
const NOTE_MS = 60_000;

/** A holder that was not noted for so long needs no mourning: its leases have run out. */
const FORGET_MS = 24 * 60 * 60 * 1000;

/**
 * Which answers somebody has to look after, and from when on.
 *
 * Only a hint: what is true stands in each answer's own head, since a Cluster keeps the two on different nodes. An answer is
 * entered before its head is made, and leaves after the archive has it; whoever looks at it in vain corrects the entry.
 */
export class AnswerIndex {
  readonly #connection: RedisConnection;
  readonly #keys: JournalKeys;
  readonly #clock: () => string | number;
  readonly #notedAt = new Map<string, number>();

  /** @param clock The time in tests; `""`: that of Redis. */
  constructor(connection: RedisConnection, keys: JournalKeys, clock: () => string | number) {
    this.#connection = connection;
    this.#keys = keys;
    this.#clock = clock;
  }

  /** A new answer; one that is there already stays as it is, so that asking again puts nothing off. */
  async enter(answerId: string, afterMs: number): Promise<void> {
    await this.#lookAfter(answerId, afterMs, "NX");
  }

  /** Somebody has to look at it, but not sooner than this. */
  async putOff(answerId: string, afterMs: number): Promise<void> {
    await this.#lookAfter(answerId, afterMs, "CH");
  }

  /** The same, at a time that Redis itself has told. */
  async lookAt(answerId: string, at: number): Promise<void> {
    await this.#connection.send(this.#keys.index, ["ZADD", this.#keys.index, at, answerId]);
  }

  async leave(answerId: string): Promise<void> {
    await this.#connection.send(this.#keys.index, ["ZREM", this.#keys.index, answerId]);
  }

  /** Everyone that somebody has to look after. */
  async all(): Promise<string[]> {
    return (await this.#connection.send(this.#keys.index, ["ZRANGE", this.#keys.index, 0, -1])) as string[];
  }

  /** Up to `limit` answers that are to be looked at now, the longest due first. */
  async due(limit: number): Promise<string[]> {
    const options = { keys: [this.#keys.index], args: [this.#clock(), limit] };
    return (await this.#connection.run(DUE, options)) as string[];
  }

  /** Notes that a holder lives. */
  async note(holder: string): Promise<void> {
    const now = performance.now();
    if (now - (this.#notedAt.get(holder) ?? Number.NEGATIVE_INFINITY) < NOTE_MS) return;
    this.#notedAt.set(holder, now);
    await this.#connection.send(this.#keys.holders, ["ZADD", this.#keys.holders, Date.now(), holder]);
  }

  /** Lets the leases of holders that are known to be dead run out at once. */
  async mourn(isDead: (holder: string) => boolean): Promise<void> {
    const { index, holders } = this.#keys;
    await this.#connection.send(holders, ["ZREMRANGEBYSCORE", holders, "-inf", Date.now() - FORGET_MS]);
    const known = (await this.#connection.send(holders, ["ZRANGE", holders, 0, -1])) as string[];
    const dead = known.filter(isDead);
    if (dead.length === 0) return;
    const answerIds = (await this.#connection.send(index, ["ZRANGE", index, 0, -1])) as string[];
    for (const holder of dead) {
      await Promise.all(answerIds.map((answerId) => this.#letExpire(answerId, holder)));
      await this.#connection.send(holders, ["ZREM", holders, holder]);
    }
  }

  async #letExpire(answerId: string, holder: string): Promise<void> {
    const options = { keys: [this.#keys.head(answerId)], args: [this.#clock(), holder] };
    if ((await this.#connection.run(LET_EXPIRE, options)) === 1) await this.lookAt(answerId, 0);
  }

  async #lookAfter(answerId: string, afterMs: number, how: "NX" | "CH"): Promise<void> {
    const options = { keys: [this.#keys.index], args: [this.#clock(), answerId, afterMs, how] };
    await this.#connection.run(LOOK_AFTER, options);
  }
}
