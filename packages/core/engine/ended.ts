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
 * Waits for a promise, or for the signal, whichever is first: a provider that ignores its signal holds nobody up.
 *
 * @throws {unknown} The signal's reason.
 */
export function orAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => {});
    return Promise.reject(signal.reason);
  }
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(
      (value) => {
        signal.removeEventListener("abort", onAbort);
        resolve(value);
      },
      (error) => {
        signal.removeEventListener("abort", onAbort);
        reject(error);
      },
    );
  });
}
