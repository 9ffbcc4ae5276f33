import type { Clock } from "./clock.ts";

/** A window is kept in this many slots: what was counted leaves a tenth of the window early at most, and never late. */
const SLOTS = 10;

/** Counts what happened within the last `windowMs`, in memory that does not depend on how much that is. */
export class SlidingCount {
  readonly #clock: Clock;
  readonly #slotMs: number;
  readonly #slots = new Array<number>(SLOTS).fill(0);
  /** Number of the slot that is being filled, counted from the clock's zero. */
  #slot: number;
  #total = 0;

  constructor(clock: Clock, windowMs: number) {
    if (!(windowMs > 0)) {
      throw new RangeError(`Cannot count in a window as 'windowMs' must be above 0: current value is ${windowMs}`);
    }
    this.#clock = clock;
    this.#slotMs = windowMs / SLOTS;
    this.#slot = this.#slotNow();
  }

  /** @param amount What is counted weighs so much: one by default. */
  add(amount = 1): void {
    this.#forget();
    this.#slots[this.#slot % SLOTS] = (this.#slots[this.#slot % SLOTS] ?? 0) + amount;
    this.#total += amount;
  }

  get total(): number {
    this.#forget();
    return this.#total;
  }

  clear(): void {
    this.#slots.fill(0);
    this.#total = 0;
  }

  #slotNow(): number {
    return Math.floor(this.#clock.now() / this.#slotMs);
  }

  #forget(): void {
    const now = this.#slotNow();
    if (now - this.#slot >= SLOTS) this.clear();
    for (let slot = this.#slot + 1; slot <= now && this.#total > 0; slot++) {
      this.#total -= this.#slots[slot % SLOTS] ?? 0;
      this.#slots[slot % SLOTS] = 0;
    }
    this.#slot = now;
    // What sums of fractions leave behind when everything has been forgotten is no amount.
    if (this.#total < 1e-9) this.#total = 0;
  }
}
