import type { Principal } from "./principal.ts";

interface Entry {
  principal: Promise<Principal | undefined>;
  /** On the monotonic clock. */
  until: number;
}

export interface SessionCacheOptions {
  /** How long an answer of the database is believed, in milliseconds. */
  ttlMs?: number;
  /** Sessions kept at most. */
  capacity?: number;
  /** Monotonic milliseconds. */
  now?: () => number;
}

/**
 * Remembers for a few seconds who a session cookie belongs to, as a look-up costs milliseconds.
 *
 * Whatever ends or changes a session in this process empties it, so signing out counts at once.
 */
export class SessionCache {
  readonly #ttlMs: number;
  readonly #capacity: number;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();

  constructor({ ttlMs = 5000, capacity = 1000, now = () => performance.now() }: SessionCacheOptions = {}) {
    this.#ttlMs = ttlMs;
    this.#capacity = capacity;
    this.#now = now;
  }

  /** Sessions that are remembered now. */
  get size(): number {
    return this.#entries.size;
  }

  /** What is remembered, else what `lookUp` finds; look-ups of one cookie at the same moment are one. */
  principalOf(cookie: string, lookUp: () => Promise<Principal | undefined>): Promise<Principal | undefined> {
    const known = this.#entries.get(cookie);
    if (known !== undefined && known.until > this.#now()) return known.principal;
    const entry: Entry = { principal: lookUp(), until: this.#now() + this.#ttlMs };
    this.#entries.delete(cookie);
    this.#entries.set(cookie, entry);
    if (this.#entries.size > this.#capacity) this.#forgetOldest();
    // A cookie without a session is cheap to refuse and easy to invent: not worth a place.
    const forget = () => {
      if (this.#entries.get(cookie) === entry) this.#entries.delete(cookie);
    };
    entry.principal.then((principal) => principal ?? forget(), forget);
    return entry.principal;
  }

  clear(): void {
    this.#entries.clear();
  }

  /** A map keeps the order of insertion: the first is the oldest. */
  #forgetOldest(): void {
    for (const cookie of this.#entries.keys()) {
      this.#entries.delete(cookie);
      return;
    }
  }
}
