import type { Clock } from "./clock.ts";
import { systemClock } from "./clock.ts";

export interface RetryBudgetOptions {
  clock?: Clock;
  /** Retries that each answer pays for, from 0 to 1. */
  share?: number;
  /** Retries that are allowed without any answers: all at the beginning, and again over each minute. */
  floor?: number;
}

/** Answers whose share is saved up at most: a quiet hour must not pay for a storm. */
const MOST_SAVED_ANSWERS = 100;

/** How long an empty floor takes to fill. */
const FLOOR_MS = 60_000;

/**
 * Keeps retries a share of answers, so that an upstream in trouble is not asked many times as much as one in health.
 *
 * A token bucket with a floor that time fills: where answers are few, retries endanger nobody and are needed most.
 *
 * @see https://sre.google/sre-book/handling-overload/
 */
export class RetryBudget {
  readonly #clock: Clock;
  readonly #floor: number;
  /** Answers that pay for one retry. Whole answers are counted, since shares would add up inexactly. */
  readonly #answersARetry: number;
  #answers = 0;
  #floorLeft: number;
  #filledAt: number;

  constructor({ clock = systemClock, share = 0.2, floor = 10 }: RetryBudgetOptions = {}) {
    const cannot = "Cannot make a retry budget as";
    if (!(share >= 0 && share <= 1)) {
      throw new RangeError(`${cannot} 'share' must be between 0 and 1: current value is ${share}`);
    }
    if (!(floor >= 0)) throw new RangeError(`${cannot} 'floor' must be at least 0: current value is ${floor}`);
    this.#clock = clock;
    this.#floor = floor;
    this.#answersARetry = 1 / share;
    this.#floorLeft = floor;
    this.#filledAt = clock.now();
  }

  /** Counts an answer that was accepted. */
  noteAnswer(): void {
    this.#answers = Math.min(MOST_SAVED_ANSWERS, this.#answers + 1);
  }

  /** Whether a retry may be made; one that may is counted. */
  tryRetry(): boolean {
    if (this.#answers >= this.#answersARetry) {
      this.#answers -= this.#answersARetry;
      return true;
    }
    this.#fillFloor();
    if (this.#floorLeft < 1) return false;
    this.#floorLeft--;
    return true;
  }

  #fillFloor(): void {
    const now = this.#clock.now();
    const filled = this.#floorLeft + (this.#floor * (now - this.#filledAt)) / FLOOR_MS;
    this.#floorLeft = Math.min(this.#floor, filled);
    this.#filledAt = now;
  }
}
