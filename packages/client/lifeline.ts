import type { Clock } from "@cogniforge/core/resilience";

export interface LifelineOptions {
  clock: Clock;
  /** Limit for the first sign of life, in milliseconds. */
  firstLifeMs: number;
  /** Limit between later ones, in milliseconds. */
  silenceMs: number;
  onFirstLife: () => void;
  onSilence: () => void;
}

/**
 * Notices that a connection has gone silent.
 *
 * Time runs only while the reader waits for the connection, not while it is busy with what came.
 * One timer, armed anew only when it fires: a token costs an assignment.
 */
export class Lifeline {
  readonly #options: LifelineOptions;
  #limitMs: number;
  #deadline: number;
  #isPaused = false;
  #hasLived = false;
  #cancelTimer: (() => void) | undefined;

  constructor(options: LifelineOptions) {
    this.#options = options;
    this.#limitMs = options.firstLifeMs;
    this.#deadline = options.clock.now() + this.#limitMs;
    this.#arm();
  }

  get hasLived(): boolean {
    return this.#hasLived;
  }

  /** A byte came. */
  beat(): void {
    const { clock, silenceMs, onFirstLife } = this.#options;
    this.#limitMs = silenceMs;
    this.#deadline = clock.now() + silenceMs;
    if (this.#hasLived) return;
    this.#hasLived = true;
    onFirstLife();
    this.#rearm();
  }

  /** The next sign of life is due within `ms` from now, whatever held before. */
  expectWithin(ms: number): void {
    this.#limitMs = ms;
    this.#deadline = this.#options.clock.now() + ms;
    this.#rearm();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#deadline = this.#options.clock.now() + this.#limitMs;
    if (this.#cancelTimer === undefined) this.#arm();
  }

  /** Ends the watch; nothing is called back any more. */
  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#isPaused = true;
  }

  #rearm(): void {
    this.#cancelTimer?.();
    this.#arm();
  }

  #arm(): void {
    const { clock } = this.#options;
    this.#cancelTimer = clock.setTimer(() => this.#check(), Math.max(0, this.#deadline - clock.now()));
  }

  #check(): void {
    this.#cancelTimer = undefined;
    if (this.#isPaused) return;
    if (this.#deadline > this.#options.clock.now()) this.#arm();
    else this.#options.onSilence();
  }
}
