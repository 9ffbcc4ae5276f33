import type { Clock } from "../resilience/mod.ts";

/** Shares of a lease's lifetime: between two looks, until it is renewed, and until that must wait no longer. */
const LOOK = 1 / 60;
const DUE = 1 / 4;
const OVERDUE = 1 / 2;

/** Of all leases, so large a share is renewed in one look: all that have become due together are within ten looks. */
const SHARE = 1 / 10;

export interface LeaseRoundsOptions<Held> {
  clock: Clock;
  /** Lifetime of a lease, in milliseconds. */
  ttlMs: number;
  /** Never rejects. */
  renew: (held: Held) => Promise<void>;
}

/**
 * Keeps leases by renewing a few of them at a time.
 *
 * A thousand answers whose leases were all renewed at the same moment would keep every reader of all of them waiting for it.
 */
export class LeaseRounds<Held> {
  readonly #options: LeaseRoundsOptions<Held>;
  /** When each was begun or last asked to be renewed; the longest ago first. */
  readonly #held = new Map<Held, number>();
  #cancelTimer: (() => void) | undefined;

  constructor(options: LeaseRoundsOptions<Held>) {
    this.#options = options;
  }

  add(held: Held): void {
    this.#held.set(held, this.#options.clock.now());
    this.#arm();
  }

  drop(held: Held): void {
    this.#held.delete(held);
  }

  /** Renews at once what has waited for too long, as the process was held up; resolves when that is done. */
  async catchUp(): Promise<void> {
    await Promise.all(this.#olderThan(OVERDUE).map((held) => this.#renew(held)));
  }

  close(): void {
    this.#held.clear();
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  /** One timer, and none where nothing is held. */
  #arm(): void {
    if (this.#cancelTimer !== undefined || this.#held.size === 0) return;
    const { clock, ttlMs } = this.#options;
    this.#cancelTimer = clock.setTimer(() => {
      this.#cancelTimer = undefined;
      void this.catchUp();
      const count = Math.ceil(this.#held.size * SHARE);
      for (const held of this.#olderThan(DUE).slice(0, count)) void this.#renew(held);
      this.#arm();
    }, ttlMs * LOOK);
  }

  /** Those whose renewal was longer ago than this share of a lease's lifetime, the longest ago first. */
  #olderThan(share: number): Held[] {
    const { clock, ttlMs } = this.#options;
    const until = clock.now() - ttlMs * share;
    const older: Held[] = [];
    for (const [held, since] of this.#held) {
      if (since > until) break;
      older.push(held);
    }
    return older;
  }

  #renew(held: Held): Promise<void> {
    this.#held.delete(held);
    this.#held.set(held, this.#options.clock.now());
    return this.#options.renew(held);
  }
}
