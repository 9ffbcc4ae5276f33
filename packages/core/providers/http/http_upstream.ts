import { MAX_SSE_EVENT_CHARS } from "../../sse/mod.ts";
import type { ProviderContext, ProviderPart } from "../provider.ts";
import type { AnswerReader } from "./answer_reader.ts";
import { type BodyFraming, BodyReader } from "./body_reader.ts";
import { type HttpProviderOptions, headersOf, type ProviderFetch, type UpstreamResponse } from "./endpoint.ts";
import { type HttpRequest, streamHttp } from "./http_stream.ts";

/** What an error within an answer is judged with, beside its own words. */
export interface ErrorContext {
  headers: Headers;
  /** Epoch milliseconds. */
  now: () => number;
}

/** One question, as a dialect asks it. */
export interface UpstreamQuestion {
  /** Called when the stream is first read, so that what it throws is the attempt's failure. */
  build: () => HttpRequest;
  /** Reads the answer in the dialect of the upstream. */
  createAnswer: (errors: ErrorContext) => AnswerReader;
  /** Server-sent events by default. */
  framing?: BodyFraming;
}

/** The upstream of a provider that is reached over HTTP: with its key, its limits and its `fetch`. */
export class HttpUpstream {
  readonly #headers: Headers;
  readonly #fetch: ProviderFetch;
  readonly #maxChars: number;
  readonly #now: () => number;

  /**
   * @param own The dialect's own headers, such as the one with the key; configured ones win over them.
   * @throws {TypeError} If the key or a header cannot be used.
   */
  constructor(options: HttpProviderOptions, own: Readonly<Record<string, string>>) {
    this.#headers = headersOf(options, own);
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
    this.#maxChars = options.maxChars ?? MAX_SSE_EVENT_CHARS;
    this.#now = options.now ?? Date.now;
  }

  /** Asks, and yields what the upstream says, one batch for each read. */
  stream(
    { build, createAnswer, framing = "events" }: UpstreamQuestion,
    context: ProviderContext,
  ): AsyncIterableIterator<readonly ProviderPart[], void, undefined> {
    const now = this.#now;
    const maxChars = this.#maxChars;
    return streamHttp(
      {
        build,
        headers: this.#headers,
        fetch: this.#fetch,
        now,
        createReader: (response) => new BodyReader(createAnswer(errorsOf(response, now)), { maxChars, framing }),
      },
      context,
    );
  }
}

/** The header of a bearer key; none where there is no key. */
export function bearerOf({ apiKey }: HttpProviderOptions): Record<string, string> {
  return apiKey ? { authorization: `Bearer ${apiKey}` } : {};
}

/** Asks for the headers only when an error is judged by them: making them costs more than reading an event. */
function errorsOf(response: UpstreamResponse, now: () => number): ErrorContext {
  return {
    get headers() {
      return response.headers;
    },
    now,
  };
}
