import { cancellable, whenAborted } from "../_cancellable.ts";
import { pause } from "../_pause.ts";
import type { Provider, ProviderContext, ProviderPart, ProviderRequest } from "../provider.ts";
import { splitIntoPieces } from "../simulate.ts";
import { trialText } from "./trial_text.ts";

/** Options for {@linkcode MockProvider}. */
export interface MockOptions {
  /** The name under which it is configured. */
  name: string;
  /** What it answers; by default a trial answer in the language of the question, which says what to set. */
  text?: string | undefined;
  /** Pause before each word in milliseconds; 25 by default, 0 for none. */
  paceMs?: number | undefined;
  /** How it waits; the real clock by default. */
  pause?: ((waitMs: number, signal: AbortSignal) => Promise<void>) | undefined;
}

const DEFAULT_PACE_MS = 25;

/** Gives trial answers, which say that no model was asked; the same question always gets the same text. */
export class MockProvider implements Provider {
  readonly name: string;
  readonly dialect = "mock";
  readonly isTrial = true;
  readonly #text: string | undefined;
  readonly #paceMs: number;
  readonly #pause: NonNullable<MockOptions["pause"]>;

  /** @throws {RangeError} If the pace is no time. */
  constructor(options: MockOptions) {
    const paceMs = options.paceMs ?? DEFAULT_PACE_MS;
    if (!(paceMs >= 0)) {
      throw new RangeError(`Cannot pace as 'paceMs' must not be negative: current value is ${paceMs}`);
    }
    this.name = options.name;
    this.#text = options.text;
    this.#paceMs = paceMs;
    this.#pause = options.pause ?? pause;
  }

  /** It goes on from any beginning of its text; from another one it says its text from the beginning, as a model may. */
  acceptsPrefill(): boolean {
    return true;
  }

  stream(request: ProviderRequest, context: ProviderContext): AsyncIterableIterator<readonly ProviderPart[]> {
    return cancellable(context.signal, (signal) => this.#run(request, signal));
  }

  async *#run(
    { model, messages, prefill = "" }: ProviderRequest,
    signal: AbortSignal,
  ): AsyncGenerator<readonly ProviderPart[], void, undefined> {
    if (signal.aborted) return;
    const { aborted, release } = whenAborted(signal);
    try {
      yield [{ type: "headers" }, { type: "model", model }];
      const whole = this.#text ?? trialText(messages);
      const rest = whole.startsWith(prefill) ? whole.slice(prefill.length) : whole;
      for (const text of splitIntoPieces(rest)) {
        if (this.#paceMs > 0) await Promise.race([this.#pause(this.#paceMs, signal), aborted]);
        if (signal.aborted) return;
        yield [{ type: "text", text }];
      }
      yield [{ type: "finish", reason: { unified: "stop", raw: "stop" } }];
    } finally {
      release();
    }
  }
}
