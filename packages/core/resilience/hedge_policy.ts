import type { Clock } from "./clock.ts";
import { SlidingCount } from "./sliding_count.ts";

export interface HedgeBudgetOptions {
  clock: Clock;
  /** Share of the window's answers that may be hedged, from 0 to 1. */
  share?: number;
  windowMs?: number;
}

/** The window's hedges that are allowed however few its answers are. */
const FLOOR = 1;

/** Keeps hedges a small share of answers: when everything is slow, a second call for each would make it slower. */
export class HedgeBudget {
  readonly #share: number;
  readonly #answers: SlidingCount;
  readonly #hedges: SlidingCount;

  constructor({ clock, share = 0.1, windowMs = 60_000 }: HedgeBudgetOptions) {
    if (!(share >= 0 && share <= 1)) {
      throw new RangeError(`Cannot make a hedge budget as 'share' must be between 0 and 1: current value is ${share}`);
    }
    this.#share = share;
    this.#answers = new SlidingCount(clock, windowMs);
    this.#hedges = new SlidingCount(clock, windowMs);
  }

  /** Counts an answer that was accepted. */
  noteAnswer(): void {
    this.#answers.add();
  }

  /** Whether a hedge may start now; one that may is counted. */
  tryHedge(): boolean {
    if (this.#hedges.total + 1 > Math.max(FLOOR, this.#share * this.#answers.total)) return false;
    this.#hedges.add();
    return true;
  }
}
