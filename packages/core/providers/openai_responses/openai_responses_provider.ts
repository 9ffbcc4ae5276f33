import { MAX_SSE_EVENT_CHARS } from "../../sse/mod.ts";
import {
  BodyReader,
  endpointOf,
  type HttpProviderOptions,
  headersOf,
  type ProviderFetch,
  streamHttp,
} from "../http/mod.ts";
import type { Provider, ProviderContext, ProviderPart, ProviderRequest } from "../provider.ts";
import { buildRequestBody } from "./request.ts";
import { ResponseAnswer } from "./response_answer.ts";

/** Options for {@linkcode OpenAiResponsesProvider}; the key is sent as a bearer key. */
export type OpenAiResponsesOptions = HttpProviderOptions;

/** OpenAI's responses, and everything that speaks the same dialect. Nothing is stored at the provider. */
export class OpenAiResponsesProvider implements Provider {
  readonly name: string;
  readonly dialect = "openai-responses";
  readonly isTrial = false;
  readonly #url: string;
  readonly #headers: Headers;
  readonly #fetch: ProviderFetch;
  readonly #maxChars: number;
  readonly #now: () => number;

  /** @throws {TypeError} If the base URL, the key or a header cannot be used. */
  constructor(options: OpenAiResponsesOptions) {
    this.name = options.name;
    this.#url = endpointOf(options.baseUrl, "responses").href;
    this.#headers = headersOf(options, options.apiKey ? { authorization: `Bearer ${options.apiKey}` } : {});
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
    this.#maxChars = options.maxChars ?? MAX_SSE_EVENT_CHARS;
    this.#now = options.now ?? Date.now;
  }

  stream(request: ProviderRequest, context: ProviderContext): AsyncIterableIterator<readonly ProviderPart[]> {
    const now = this.#now;
    const maxChars = this.#maxChars;
    return streamHttp(
      {
        url: this.#url,
        headers: this.#headers,
        body: () => buildRequestBody(request),
        fetch: this.#fetch,
        now,
        createReader: ({ headers }) => new BodyReader(new ResponseAnswer({ headers, now }), { maxChars }),
      },
      context,
    );
  }
}
