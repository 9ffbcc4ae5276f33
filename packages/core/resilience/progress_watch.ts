import type { Clock } from "./clock.ts";

/** What an upstream last did: `progress` is the model's work, `alive` only proves the connection. */
export type Sign = "progress" | "alive";

/** How far signs of a living connection stretch a limit, as a multiple of it. */
const ALIVE_STRETCH = 3;

/**
 * Notices silence: calls back when the model has shown no progress for a limit.
 *
 * Signs of a living connection stretch the limit to at most three times its length. One timer, armed anew only when it fires:
 * a token costs two assignments.
 */
export class ProgressWatch {
  readonly #clock: Clock;
  readonly #onSilence: () => void;
  #limitMs: number;
  #progressAt: number;
  #aliveAt: number;
  #armedFor = Number.POSITIVE_INFINITY;
  #cancelTimer: (() => void) | undefined;

  constructor(clock: Clock, limitMs: number, onSilence: () => void) {
    this.#clock = clock;
    this.#onSilence = onSilence;
    this.#limitMs = limitMs;
    this.#progressAt = clock.now();
    this.#aliveAt = this.#progressAt;
    this.#arm();
  }

  /** Notes a sign of life. */
  note(sign: Sign): void {
    this.#aliveAt = this.#clock.now();
    if (sign === "progress") this.#progressAt = this.#aliveAt;
  }

  /** Sets another limit from now on. */
  setLimit(limitMs: number): void {
    if (limitMs === this.#limitMs) return;
    this.#limitMs = limitMs;
    // A longer limit is noticed when the timer fires; only a shorter one must be armed anew.
    if (this.#deadline() < this.#armedFor) {
      this.#cancelTimer?.();
      this.#arm();
    }
  }

  /** Ends the watch; nothing is called back any more. */
  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #deadline(): number {
    return Math.min(this.#progressAt + ALIVE_STRETCH * this.#limitMs, this.#aliveAt + this.#limitMs);
  }

  #arm(): void {
    this.#armedFor = this.#deadline();
    this.#cancelTimer = this.#clock.setTimer(() => this.#check(), Math.max(0, this.#armedFor - this.#clock.now()));
  }

  #check(): void {
    if (this.#deadline() > this.#clock.now()) {
      this.#arm();
      return;
    }
    this.#cancelTimer = undefined;
    this.#onSilence();
  }
}
