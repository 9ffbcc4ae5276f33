const MINUTE_MS = 60_000;

export interface TokenBucketOptions {
  /** How many may be taken at once. */
  burst: number;
  /** How many come back in a minute, evenly. */
  perMinute: number;
  /** Monotonic milliseconds. */
  now?: () => number;
}

/** Lets a burst through, then as many as come back. */
export class TokenBucket {
  readonly #burst: number;
  readonly #perMinute: number;
  readonly #now: () => number;
  #tokens: number;
  #at: number;

  constructor({ burst, perMinute, now = () => performance.now() }: TokenBucketOptions) {
    this.#burst = burst;
    this.#perMinute = perMinute;
    this.#now = now;
    this.#tokens = burst;
    this.#at = now();
  }

  /** Takes one, and gives 0; where there is none, the milliseconds until there is. */
  take(): number {
    this.#fill();
    if (this.#tokens < 1) return ((1 - this.#tokens) * MINUTE_MS) / this.#perMinute;
    this.#tokens -= 1;
    return 0;
  }

  /** Puts one back. */
  restore(): void {
    this.#tokens = Math.min(this.#burst, this.#tokens + 1);
  }

  #fill(): void {
    const now = this.#now();
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#at) * this.#perMinute) / MINUTE_MS);
    this.#at = now;
  }
}
