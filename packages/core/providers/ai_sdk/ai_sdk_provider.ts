import { UpstreamError } from "../../failures/mod.ts";
import { MAX_SSE_EVENT_CHARS } from "../../sse/mod.ts";
import { cancellable, whenAborted } from "../_cancellable.ts";
import type { Provider, ProviderContext, ProviderPart, ProviderRequest } from "../provider.ts";
import { toCallOptions } from "./call_options.ts";
import type { AiSdkModel, AiSdkPart, ProviderOptions } from "./model.ts";
import { SdkAnswer } from "./sdk_answer.ts";
import { classifySdkError } from "./sdk_failure.ts";

/** Options for {@linkcode AiSdkProvider}. */
export interface AiSdkOptions {
  /** The name under which it is configured. */
  name: string;
  /** One model for all that is asked, or what makes the model of a name: a provider of the SDK itself is one. */
  model: AiSdkModel | ((modelId: string) => AiSdkModel);
  /** Given with every call, by the provider's name in the SDK; what a request says wins, field by field. */
  providerOptions?: ProviderOptions | undefined;
  /** Whether a model goes on from a trailing assistant message; no by default. */
  acceptsPrefill?: ((model: string) => boolean) | undefined;
  /** Longest answer, in UTF-16 code units; 8 Mi by default. */
  maxChars?: number | undefined;
  /** The time in epoch milliseconds, for waits that upstreams give as dates; the wall clock by default. */
  now?: (() => number) | undefined;
}

type PartReader = ReadableStreamDefaultReader<AiSdkPart>;

const HEADERS: readonly ProviderPart[] = [{ type: "headers" }];
const ALIVE: readonly ProviderPart[] = [{ type: "alive" }];

/**
 * Any language model of the AI SDK.
 *
 * The SDK's package makes the connection: limits on reaching its host, and on redirects, are those of the `fetch` that it was given.
 */
export class AiSdkProvider implements Provider {
  readonly name: string;
  readonly dialect = "ai-sdk";
  readonly isTrial = false;
  readonly #modelOf: (modelId: string) => AiSdkModel;
  readonly #providerOptions: ProviderOptions;
  readonly #acceptsPrefill: (model: string) => boolean;
  readonly #maxChars: number;
  readonly #now: () => number;

  constructor({ name, model, providerOptions, acceptsPrefill, maxChars, now }: AiSdkOptions) {
    this.name = name;
    // A provider of the SDK is a function as well; a model has what streams.
    this.#modelOf = "doStream" in model ? () => model : model;
    this.#providerOptions = providerOptions ?? {};
    this.#acceptsPrefill = acceptsPrefill ?? (() => false);
    this.#maxChars = maxChars ?? MAX_SSE_EVENT_CHARS;
    this.#now = now ?? Date.now;
  }

  acceptsPrefill(model: string): boolean {
    return this.#acceptsPrefill(model);
  }

  stream(request: ProviderRequest, context: ProviderContext): AsyncIterableIterator<readonly ProviderPart[]> {
    return cancellable(context.signal, (signal) => this.#run(request, signal));
  }

  async *#run(request: ProviderRequest, signal: AbortSignal): AsyncGenerator<readonly ProviderPart[], void, undefined> {
    const stream = await this.#call(request, signal);
    if (stream === undefined) return;
    const reader = stream.getReader() as PartReader;
    // Cancelling ends a pending read at once, also where a package does not heed the signal.
    const onAbort = () => void reader.cancel().catch(() => {});
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      yield HEADERS;
      yield* readParts(reader, new SdkAnswer({ maxChars: this.#maxChars, now: this.#now }), signal, this.#now);
    } finally {
      signal.removeEventListener("abort", onAbort);
      void reader.cancel().catch(() => {});
    }
  }

  /** The model's stream; `undefined` if the call was aborted, at once, whether or not the package heeds the signal. */
  async #call(request: ProviderRequest, signal: AbortSignal): Promise<ReadableStream<unknown> | undefined> {
    if (signal.aborted) return undefined;
    const { aborted, release } = whenAborted(signal);
    const calling = (async () => {
      const model = this.#modelOf(request.model);
      const options = toCallOptions(request, model, { providerOptions: this.#providerOptions, signal });
      // The versions differ in the types of their options, not in how they are called.
      return await (model.doStream as (options: unknown) => PromiseLike<{ stream: ReadableStream<unknown> }>)(options);
    })();
    try {
      const result = await Promise.race([calling, aborted]);
      if (result === undefined) letGoOfLate(calling);
      return result?.stream;
    } catch (error) {
      if (signal.aborted) return undefined;
      throw new UpstreamError(classifySdkError(error, { stage: "before-headers", now: this.#now() }), { cause: error });
    } finally {
      release();
    }
  }
}

/** Yields what the model says, one batch for all that is there at once. */
async function* readParts(
  reader: PartReader,
  answer: SdkAnswer,
  signal: AbortSignal,
  now: () => number,
): AsyncGenerator<readonly ProviderPart[], void, undefined> {
  let pending = reader.read();
  for (let isDone = false; !isDone; ) {
    const parts: ProviderPart[] = [];
    let failure: UpstreamError | undefined;
    let hasOnlyBegun = true;
    try {
      let next: Awaited<typeof pending> | undefined = await pending;
      while (next !== undefined && !next.done) {
        if (signal.aborted) return;
        pending = reader.read();
        if (next.value.type !== "stream-start") hasOnlyBegun = false;
        answer.read(next.value, parts);
        // A part that waits in the stream's queue is there before this; the package's pieces of one read come together.
        next = await Promise.race([pending, undefined]);
      }
      isDone = next !== undefined;
    } catch (error) {
      failure = asUpstreamError(error, now);
      // A read that is still under way ends with the stream.
      pending.catch(() => {});
    }
    // What is thrown because of the abort is no failure.
    if (signal.aborted) return;
    if (parts.length > 0) yield parts;
    else if (failure === undefined && !isDone && !hasOnlyBegun) yield ALIVE;
    if (failure === undefined) continue;
    // What breaks after the model has finished is no failure.
    if (answer.isFinished) return;
    throw failure;
  }
}

function letGoOfLate(calling: Promise<{ stream: ReadableStream<unknown> }>): void {
  calling.then(
    ({ stream }) => void stream.cancel().catch(() => {}),
    () => {},
  );
}

function asUpstreamError(error: unknown, now: () => number): UpstreamError {
  if (error instanceof UpstreamError) return error;
  return new UpstreamError(classifySdkError(error, { stage: "body", now: now() }), { cause: error });
}
