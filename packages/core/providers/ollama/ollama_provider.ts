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
import { OllamaAnswer } from "./ollama_answer.ts";
import { buildRequestBody } from "./request.ts";

/** Options for {@linkcode OllamaProvider}; the base URL ends in `/api`, and a key, which only Ollama's cloud asks for, is a bearer key. */
export type OllamaOptions = HttpProviderOptions;

/** Ollama's own chat endpoint, which streams one JSON object a line. */
export class OllamaProvider implements Provider {
  readonly name: string;
  readonly dialect = "ollama";
  readonly isTrial = false;
  readonly #url: string;
  readonly #headers: Headers;
  readonly #fetch: ProviderFetch;
  readonly #maxChars: number;
  readonly #now: () => number;

  /** @throws {TypeError} If the base URL, the key or a header cannot be used. */
  constructor(options: OllamaOptions) {
    this.name = options.name;
    this.#url = endpointOf(options.baseUrl, "chat").href;
    this.#headers = headersOf(options, {
      accept: "application/x-ndjson",
      ...(options.apiKey ? { authorization: `Bearer ${options.apiKey}` } : {}),
    });
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
        createReader: ({ headers }) =>
          new BodyReader(new OllamaAnswer({ headers, now }), { maxChars, framing: "lines" }),
      },
      context,
    );
  }
}
