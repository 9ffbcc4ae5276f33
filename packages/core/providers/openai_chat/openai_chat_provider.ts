import { classifyResponse, classifyTransportError, UpstreamError } from "../../failures/mod.ts";
import { MAX_SSE_EVENT_CHARS } from "../../sse/mod.ts";
import { cancellable, whenAborted } from "../_cancellable.ts";
import type { Provider, ProviderContext, ProviderPart, ProviderRequest } from "../provider.ts";
import { BodyReader } from "./body_reader.ts";
import { closeBody, readErrorBody } from "./body_stream.ts";
import {
  endpointOf,
  headersOf,
  type OpenAiChatOptions,
  type ProviderFetch,
  type ProviderFetchInit,
} from "./options.ts";
import { buildRequestBody, type MaxTokensField } from "./request.ts";

const HEADERS: readonly ProviderPart[] = [{ type: "headers" }];
const ALIVE: readonly ProviderPart[] = [{ type: "alive" }];

/** OpenAI's chat completions, and everything that speaks the same dialect. */
export class OpenAiChatProvider implements Provider {
  readonly name: string;
  readonly dialect = "openai-chat";
  readonly isTrial = false;
  readonly #url: string;
  readonly #headers: Headers;
  readonly #fetch: ProviderFetch;
  readonly #maxTokensField: MaxTokensField;
  readonly #maxChars: number;
  readonly #now: () => number;

  /** @throws {TypeError} If the base URL, the key or a header cannot be used. */
  constructor(options: OpenAiChatOptions) {
    const url = endpointOf(options.baseUrl);
    this.name = options.name;
    this.#url = url.href;
    this.#headers = headersOf(options);
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
    // OpenAI's newer models refuse the old name, its older ones take the new one; look-alikes may know only the old.
    this.#maxTokensField =
      options.maxTokensField ?? (url.hostname === "api.openai.com" ? "max_completion_tokens" : "max_tokens");
    this.#maxChars = options.maxChars ?? MAX_SSE_EVENT_CHARS;
    this.#now = options.now ?? Date.now;
  }

  stream(request: ProviderRequest, context: ProviderContext): AsyncIterableIterator<readonly ProviderPart[]> {
    return cancellable(context.signal, (signal) => this.#run(request, context, signal));
  }

  async *#run(
    request: ProviderRequest,
    context: ProviderContext,
    signal: AbortSignal,
  ): AsyncGenerator<readonly ProviderPart[], void, undefined> {
    const response = await this.#call(request, context, signal);
    if (response === undefined) return;
    const body = response.body?.getReader();
    // Cancelling ends a pending read at once, on every runtime, also where `fetch` does not heed the signal.
    const onAbort = () => void body?.cancel().catch(() => {});
    signal.addEventListener("abort", onAbort, { once: true });
    const reader = new BodyReader({ headers: response.headers, now: this.#now, maxChars: this.#maxChars });
    try {
      await this.#refuseFailure(response, body, signal);
      if (signal.aborted) return;
      yield HEADERS;
      while (body !== undefined) {
        const parts: ProviderPart[] = [];
        let failure: UpstreamError | undefined;
        let isEnded = false;
        try {
          const { done, value } = await body.read();
          isEnded = done;
          if (value !== undefined) reader.push(value, parts);
        } catch (error) {
          reader.release(parts);
          failure = asUpstreamError(error);
        }
        if (signal.aborted) return;
        if (isEnded) break;
        if (parts.length > 0) yield parts;
        else if (failure === undefined) yield ALIVE;
        // What breaks after the model has finished is no failure.
        if (failure !== undefined && !reader.isFinished) throw failure;
        if (failure !== undefined || reader.isDone) break;
      }
      if (!signal.aborted) yield* reader.end();
    } finally {
      signal.removeEventListener("abort", onAbort);
      await closeBody(body, reader.isDone);
    }
  }

  /** The response; `undefined` if the call was aborted, at once, whether or not `fetch` heeds the signal. */
  async #call(
    request: ProviderRequest,
    { timeouts }: ProviderContext,
    signal: AbortSignal,
  ): Promise<Response | undefined> {
    if (signal.aborted) return undefined;
    const init: ProviderFetchInit = {
      method: "POST",
      headers: new Headers(this.#headers),
      body: JSON.stringify(buildRequestBody(request, this.#maxTokensField)),
      // A redirect would carry the key to another host.
      redirect: "manual",
      signal,
      connectTimeoutMs: timeouts.connectMs,
    };
    const { aborted, release } = whenAborted(signal);
    const calling = (async () => await this.#fetch(this.#url, init))();
    try {
      const response = await Promise.race([calling, aborted]);
      if (response === undefined) {
        calling.then(
          (late) => void late.body?.cancel().catch(() => {}),
          () => {},
        );
      }
      return response;
    } catch (error) {
      if (signal.aborted) return undefined;
      throw new UpstreamError(classifyTransportError(error, { stage: "before-headers" }), { cause: error });
    } finally {
      release();
    }
  }

  async #refuseFailure(
    response: Response,
    body: ReadableStreamDefaultReader<Uint8Array> | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { status, headers } = response;
    if (response.type === "opaqueredirect" || (status >= 300 && status < 400)) {
      const detail = "a redirect, which is not followed: the base URL must name the final address";
      throw new UpstreamError({ code: "malformed", action: "fallback", status, detail });
    }
    if (response.ok) return;
    const text = body === undefined ? "" : await readErrorBody(body);
    if (signal.aborted) return;
    throw new UpstreamError(classifyResponse({ status, headers, body: text, now: this.#now() }));
  }
}

function asUpstreamError(error: unknown): UpstreamError {
  if (error instanceof UpstreamError) return error;
  return new UpstreamError(classifyTransportError(error, { stage: "body" }), { cause: error });
}
