import type { Clock } from "./clock.ts";

/** What an upstream last did: `progress` is the model's work, `alive` only proves the connection. */
export type Sign = "progress" | "alive";

/** How far signs of a living connection stretch a limit, as a multiple of it. */
const ALIVE_STRETCH = 3;

/** Characters of text that are worth the whole limit. */
const CHARS_FOR_LIMIT = 10;

/**
 * Notices silence: calls back when the model has shown no progress for a limit.
 *
 * Text earns time by its length, like water in a leaky bucket, so that a drip of single characters is noticed like silence: with
 * a limit of 20 s, half a character a second just keeps it going. Signs of a living connection stretch the limit to at most three
 * times its length. Time that the engine itself takes, between `hold` and `resume`, is nobody's silence; nor is a moment in which the
 * runtime was too busy to read what had come. One timer, armed anew only when it fires: a token costs an assignment or two.
 */
export class ProgressWatch {
  readonly #clock: Clock;
  readonly #onSilence: () => void;
  #limitMs: number;
  /** When the limit began to run: the last progress, or for text that comes slowly the moment up to which it has paid. */
  #progressAt: number;
  #aliveAt: number;
  #hasText = false;
  #heldAt: number | undefined;
  /** Whether the limit was found to be over, and what waits to be read is waited for. */
  #isLookingAgain = false;
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

  /**
   * Notes a sign of life.
   *
   * @param chars Length of the text that came: each character earns a tenth of the limit, up to all of it. Without it, as for
   * hidden reasoning, a call's arguments or a finish, the limit begins anew; so it does with the first text.
   */
  note(sign: Sign, chars?: number): void {
    const now = this.#clock.now();
    if (sign === "alive") {
      this.#aliveAt = now;
    } else if (chars === undefined || !this.#hasText) {
      this.#progressAt = now;
      this.#hasText ||= chars !== undefined;
    } else {
      this.#progressAt = Math.min(now, this.#progressAt + (chars * this.#limitMs) / CHARS_FOR_LIMIT);
    }
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

  /** Stops the limit while something else than the upstream is waited for. */
  hold(now: number): void {
    this.#heldAt = now;
  }

  /** Lets the limit run again from where it was held. */
  resume(now: number): void {
    if (this.#heldAt === undefined) return;
    const heldMs = now - this.#heldAt;
    this.#heldAt = undefined;
    this.#progressAt += heldMs;
    this.#aliveAt += heldMs;
    if (this.#cancelTimer === undefined) this.#arm();
  }

  /** Ends the watch; nothing is called back any more. */
  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #deadline(): number {
    const aliveAt = Math.max(this.#aliveAt, this.#progressAt);
    return Math.min(this.#progressAt + ALIVE_STRETCH * this.#limitMs, aliveAt + this.#limitMs);
  }

  #arm(): void {
    this.#isLookingAgain = false;
    this.#armedFor = this.#deadline();
    this.#cancelTimer = this.#clock.setTimer(() => this.#check(), Math.max(0, this.#armedFor - this.#clock.now()));
  }

  #check(): void {
    this.#cancelTimer = undefined;
    // Whoever holds it arms it again.
    if (this.#heldAt !== undefined) return;
    if (this.#deadline() > this.#clock.now()) {
      this.#arm();
    } else if (this.#isLookingAgain) {
      this.#onSilence();
    } else {
      // A runtime that was busy for long runs its timers before it reads its sockets: what came meanwhile is read first.
      this.#isLookingAgain = true;
      this.#cancelTimer = this.#clock.setTimer(() => this.#check(), 0);
    }
  }
}
