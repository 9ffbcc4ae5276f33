import type { ServerResponse } from "node:http";
import { FailureError } from "../../failure_error.ts";
import { RESTART_WAIT_MS } from "../../limits/mod.ts";

/** Made once: every response closes, and an error costs its stack. */
const STOPPED = new DOMException("Nobody waits for the answer any more", "AbortError");

/** Somebody who waits for a whole answer: until it ends, the reader leaves, or this program does. */
export class WholeReader implements Disposable {
  readonly #stop = new AbortController();
  readonly #leaving: AbortSignal;
  readonly #onLeave = () => this.#stop.abort(STOPPED);

  constructor(response: ServerResponse, leaving: AbortSignal) {
    this.#leaving = leaving;
    response.once("close", () => this.#stop.abort(STOPPED));
    leaving.addEventListener("abort", this.#onLeave, { once: true });
    if (leaving.aborted) this.#stop.abort(STOPPED);
  }

  /** Ends the waiting. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** @throws {FailureError} `restarting`, if it was this program that did not wait for the end. */
  checkLeaving(): void {
    if (this.#leaving.aborted) throw new FailureError("restarting", { retryAfterMs: RESTART_WAIT_MS });
  }

  [Symbol.dispose](): void {
    this.#leaving.removeEventListener("abort", this.#onLeave);
  }
}
