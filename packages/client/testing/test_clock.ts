import { ManualClock } from "@cogniforge/core/resilience";

/** A clock that stands still, tells when a timer is set, and calls timers without a delay back in the next turn. */
export class TestClock extends ManualClock {
  readonly #expected: { ms: number; resolve: () => void }[] = [];

  override setTimer(callback: () => void, ms: number): () => void {
    if (ms <= 0) {
      const immediate = setImmediate(callback);
      return () => clearImmediate(immediate);
    }
    const cancel = super.setTimer(callback, ms);
    for (const expectation of this.#expected.splice(0)) {
      if (expectation.ms === ms) expectation.resolve();
      else this.#expected.push(expectation);
    }
    return cancel;
  }

  /** Resolves when the next timer of exactly `ms` is set. */
  timerOf(ms: number): Promise<void> {
    return new Promise((resolve) => this.#expected.push({ ms, resolve }));
  }
}
