import type { FailureCode } from "../failures/mod.ts";

/** Why the engine ended an attempt or an answer by itself: the `reason` of the signals that it aborts. */
export class EndedByEngine extends Error {
  override readonly name = "EndedByEngine";
  readonly code: Extract<FailureCode, "first-token-timeout" | "stall" | "deadline" | "cancelled" | "interrupted">;

  constructor(code: EndedByEngine["code"]) {
    super(`Ended by the engine: ${code}`);
    this.code = code;
  }
}

/**
 * Waits for one promise after the other, or for the signal, whichever is first: a provider that ignores its signal holds nobody up.
 *
 * It listens once for all of them, since listening costs more than waiting.
 */
export class AbortableWait {
  readonly #signal: AbortSignal;
  #reject: ((reason: unknown) => void) | undefined;
  readonly #onAbort = () => this.#reject?.(this.#signal.reason);

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** @throws {unknown} The signal's reason. */
  for<T>(promise: Promise<T>): Promise<T> {
    if (this.#signal.aborted) {
      promise.catch(() => {});
      return Promise.reject(this.#signal.reason);
    }
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      promise.then(resolve, reject);
    });
  }

  /** Lets go of the signal. */
  release(): void {
    this.#signal.removeEventListener("abort", this.#onAbort);
  }
}
