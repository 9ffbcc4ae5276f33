import { UpstreamError, type UpstreamFailure } from "../../failures/mod.ts";
import { cancellable, whenAborted } from "../_cancellable.ts";
import { pause } from "../_pause.ts";
import type { Provider, ProviderContext, ProviderPart, ProviderRequest } from "../provider.ts";

/**
 * One step of an attempt.
 *
 * - `parts`: one batch, as one read of an upstream gives it.
 * - `waitMs`: a pause on the real clock. `gate`: a pause until the test says so.
 * - `fail`: throws the failure. `hang`: says nothing more and stays open. `cut`: ends without a finish.
 */
export type ScriptStep =
  | { parts: readonly ProviderPart[] }
  | { waitMs: number }
  | { gate: Promise<unknown> }
  | { fail: UpstreamFailure }
  | { hang: true }
  | { cut: true };

/** The steps of one attempt; after the last it ends. */
export type Script = readonly ScriptStep[];

/** One call that was made. */
export interface ScriptedCall {
  readonly request: ProviderRequest;
  readonly timeouts: ProviderContext["timeouts"];
  /** Batches that were given. */
  readonly batches: number;
  /** Whether the caller's signal ended the call. */
  readonly isAborted: boolean;
  /** Whether the call is over, in whichever way, and everything it held is released. */
  readonly isReleased: boolean;
}

/** Options for {@linkcode ScriptedProvider}. */
export interface ScriptedOptions {
  /** The name under which it is configured. */
  name: string;
  /** What each call plays, in the order of the calls. */
  attempts: readonly Script[];
  /** Calls beyond the last attempt play the last again, instead of throwing. */
  isRepeating?: boolean;
  /** Whether it stands for a provider of trial answers. */
  isTrial?: boolean;
}

/** Plays scripts, for tests and drills, and records its calls. */
export class ScriptedProvider implements Provider {
  readonly name: string;
  readonly dialect = "scripted";
  readonly isTrial: boolean;
  readonly #attempts: readonly Script[];
  readonly #isRepeating: boolean;
  readonly #calls: { -readonly [Key in keyof ScriptedCall]: ScriptedCall[Key] }[] = [];

  constructor({ name, attempts, isRepeating = false, isTrial = false }: ScriptedOptions) {
    this.name = name;
    this.isTrial = isTrial;
    this.#attempts = attempts;
    this.#isRepeating = isRepeating;
  }

  /** The calls so far, each from its first `next()` on. */
  get calls(): readonly ScriptedCall[] {
    return this.#calls;
  }

  /** @throws {RangeError} When it is read, if no attempt is left to play. */
  stream(request: ProviderRequest, context: ProviderContext): AsyncIterableIterator<readonly ProviderPart[]> {
    return cancellable(context.signal, (signal) => this.#run(request, context, signal));
  }

  async *#run(
    request: ProviderRequest,
    context: ProviderContext,
    signal: AbortSignal,
  ): AsyncGenerator<readonly ProviderPart[], void, undefined> {
    const at = this.#isRepeating ? Math.min(this.#calls.length, this.#attempts.length - 1) : this.#calls.length;
    const call = { request, timeouts: context.timeouts, batches: 0, isAborted: false, isReleased: false };
    this.#calls.push(call);
    const { aborted, release } = whenAborted(signal);
    try {
      const script = this.#attempts[at];
      if (script === undefined) {
        throw new RangeError(
          `Cannot play call ${at + 1} of '${this.name}': its script has ${this.#attempts.length} attempts`,
        );
      }
      for (const step of script) {
        if (signal.aborted) return;
        if ("parts" in step) {
          call.batches++;
          yield step.parts;
        } else if ("waitMs" in step) await pause(step.waitMs, signal);
        else if ("gate" in step) await Promise.race([step.gate, aborted]);
        else if ("hang" in step) await aborted;
        else if ("cut" in step) return;
        else throw new UpstreamError(step.fail);
      }
    } finally {
      release();
      call.isAborted = context.signal.aborted;
      call.isReleased = true;
    }
  }
}
