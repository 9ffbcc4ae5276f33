import { bearerOf, endpointOf, type HttpProviderOptions, HttpUpstream } from "../http/mod.ts";
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
  readonly #upstream: HttpUpstream;

  /** @throws {TypeError} If the base URL, the key or a header cannot be used. */
  constructor(options: OllamaOptions) {
    this.name = options.name;
    this.#url = endpointOf(options.baseUrl, "chat").href;
    this.#upstream = new HttpUpstream(options, { accept: "application/x-ndjson", ...bearerOf(options) });
  }

  stream(request: ProviderRequest, context: ProviderContext): AsyncIterableIterator<readonly ProviderPart[]> {
    return this.#upstream.stream(
      {
        build: () => ({ url: this.#url, body: buildRequestBody(request) }),
        createAnswer: (errors) => new OllamaAnswer(errors),
        framing: "lines",
      },
      context,
    );
  }
}
