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
import { CohereAnswer } from "./cohere_answer.ts";
import { buildRequestBody } from "./request.ts";

/** Options for {@linkcode CohereProvider}; the base URL ends in `/v2`, and the key is sent as a bearer key. */
export type CohereOptions = HttpProviderOptions;

/** Cohere's own chat endpoint in its second version. */
export class CohereProvider implements Provider {
  readonly name: string;
  readonly dialect = "cohere";
  readonly isTrial = false;
  readonly #url: string;
  readonly #headers: Headers;
  readonly #fetch: ProviderFetch;
  readonly #maxChars: number;
  readonly #now: () => number;

  /** @throws {TypeError} If the base URL, the key or a header cannot be used. */
  constructor(options: CohereOptions) {
    this.name = options.name;
    this.#url = endpointOf(options.baseUrl, "chat").href;
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
        createReader: ({ headers }) => new BodyReader(new CohereAnswer({ headers, now }), { maxChars }),
      },
      context,
    );
  }
}
