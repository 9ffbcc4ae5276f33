import { backoffMs, type Clock, wait } from "@cogniforge/core/resilience";
import { linkedController } from "./abort.ts";
import { ConnectionError, FailureError } from "./errors.ts";
import type { ConnectionPolicy } from "./policy.ts";

/** What the client takes from its surroundings. */
export interface Surroundings {
  clock: Clock;
  /** From 0 (inclusive) to 1 (exclusive). */
  random: () => number;
  /** Sends `online` when the network comes back: a browser's `window`. */
  network: Pick<EventTarget, "addEventListener" | "removeEventListener"> | undefined;
}

/** How long to keep trying: counts the failures in a row, waits between them and gives up in the end. */
export class Patience {
  readonly #policy: ConnectionPolicy;
  readonly #surroundings: Surroundings;
  #failures = 0;
  #failingSince: number | undefined;

  constructor(policy: ConnectionPolicy, surroundings: Surroundings) {
    this.#policy = policy;
    this.#surroundings = surroundings;
  }

  /** Something came: earlier failures no longer count. */
  restore(): void {
    this.#failures = 0;
    this.#failingSince = undefined;
  }

  /**
   * Waits before the next try; not at all once the network comes back.
   *
   * @throws {FailureError} The server's own word if that was the failure, else a `ConnectionError`, when it is time to give up.
   */
  async afterFailure(error: unknown, signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#surroundings;
    this.#failingSince ??= clock.now();
    this.#failures += 1;
    if (clock.now() - this.#failingSince >= this.#policy.giveUpAfterMs) throw giveUp(error);
    await this.#waitOrOnline(backoffMs(this.#failures, random(), this.#policy.backoff), signal);
  }

  async #waitOrOnline(ms: number, signal: AbortSignal): Promise<void> {
    const { clock, network } = this.#surroundings;
    const { controller, unlink } = linkedController(signal);
    const onOnline = () => {
      // While there was no network nothing could succeed: that time does not count against the server.
      this.restore();
      controller.abort();
    };
    network?.addEventListener("online", onOnline);
    try {
      await wait(clock, ms, controller.signal);
    } catch {
      signal.throwIfAborted();
    } finally {
      network?.removeEventListener("online", onOnline);
      unlink();
    }
  }
}

function giveUp(error: unknown): FailureError {
  return error instanceof FailureError ? error : new ConnectionError({ cause: error });
}
