import type { Clock } from "./clock.ts";

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now = 0;
  readonly #epoch: number;
  readonly #timers = new Set<{ at: number; callback: () => void }>();
  readonly #awaited = new Set<{ ms: number; resolve: () => void }>();

  /** @param epoch Wall time at the beginning, in epoch milliseconds. */
  constructor(epoch = 1_700_000_000_000) {
    this.#epoch = epoch;
  }

  now(): number {
    return this.#now;
  }

  wallTime(): number {
    return this.#epoch + this.#now;
  }

  /** Timers that wait: a test that ends with some has leaked them. */
  get pending(): number {
    return this.#timers.size;
  }

  setTimer(callback: () => void, ms: number): () => void {
    const timer = { at: this.#now + Math.max(0, ms), callback };
    this.#timers.add(timer);
    for (const awaited of this.#awaited) {
      if (awaited.ms !== ms) continue;
      this.#awaited.delete(awaited);
      awaited.resolve();
    }
    return () => this.#timers.delete(timer);
  }

  /** Resolves when a timer of exactly `ms` is set next: the moment at which a test may move the clock. */
  whenSet(ms: number): Promise<void> {
    return new Promise((resolve) => this.#awaited.add({ ms, resolve }));
  }

  /** Moves time on and calls back what falls due on the way, in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.callback();
    }
    this.#now = end;
  }
}
