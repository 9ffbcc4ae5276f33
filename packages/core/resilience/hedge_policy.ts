import type { Clock } from "./clock.ts";
import { SlidingCount } from "./sliding_count.ts";

/** How much hedging may cost. */
export interface HedgeLimits {
  /** Share of the last minute's answers that may be hedged, from 0 to 1; 0.1 by default. */
  maxShare?: number | undefined;
  /** USD that hedges may have cost within the last hour before no more are started; `undefined` for no such limit. */
  maxUsdPerHour?: number | undefined;
}

const DEFAULT_MAX_SHARE = 0.1;

const WINDOW_MS = 60_000;
const SPEND_WINDOW_MS = 3_600_000;

/** The window's hedges that are allowed however few its answers are. */
const FLOOR = 1;

/**
 * Keeps hedges a small share of answers, and of money: when everything is slow, a second call for each answer would make it
 * slower, and each one is paid for.
 */
export class HedgeBudget {
  #maxShare = DEFAULT_MAX_SHARE;
  #maxUsdPerHour: number | undefined;
  readonly #answers: SlidingCount;
  readonly #hedges: SlidingCount;
  readonly #spend: SlidingCount;

  /** @throws {RangeError} If a limit is none. */
  constructor(clock: Clock, limits: HedgeLimits = {}) {
    this.limit(limits);
    this.#answers = new SlidingCount(clock, WINDOW_MS);
    this.#hedges = new SlidingCount(clock, WINDOW_MS);
    this.#spend = new SlidingCount(clock, SPEND_WINDOW_MS);
  }

  /**
   * Sets other limits; what was counted stays.
   *
   * @throws {RangeError} If a limit is none.
   */
  limit({ maxShare = DEFAULT_MAX_SHARE, maxUsdPerHour }: HedgeLimits): void {
    if (!(maxShare >= 0 && maxShare <= 1)) {
      throw new RangeError(`Cannot limit hedges as 'maxShare' must be between 0 and 1: current value is ${maxShare}`);
    }
    if (maxUsdPerHour !== undefined && !(maxUsdPerHour >= 0)) {
      throw new RangeError(
        `Cannot limit hedges as 'maxUsdPerHour' must not be below 0: current value is ${maxUsdPerHour}`,
      );
    }
    this.#maxShare = maxShare;
    this.#maxUsdPerHour = maxUsdPerHour;
  }

  /** Counts an answer that was accepted. */
  noteAnswer(): void {
    this.#answers.add();
  }

  /** Counts what a hedge has cost, in USD. */
  noteSpend(usd: number): void {
    this.#spend.add(usd);
  }

  /** Whether a hedge may start now; one that may is counted. */
  tryHedge(): boolean {
    if (this.#maxUsdPerHour !== undefined && this.#spend.total >= this.#maxUsdPerHour) return false;
    if (this.#hedges.total + 1 > Math.max(FLOOR, this.#maxShare * this.#answers.total)) return false;
    this.#hedges.add();
    return true;
  }
}
