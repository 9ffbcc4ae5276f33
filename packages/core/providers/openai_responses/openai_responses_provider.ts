import { bearerOf, endpointOf, type HttpProviderOptions, HttpUpstream } from "../http/mod.ts";
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
  readonly #upstream: HttpUpstream;

  /** @throws {TypeError} If the base URL, the key or a header cannot be used. */
  constructor(options: OpenAiResponsesOptions) {
    this.name = options.name;
    this.#url = endpointOf(options.baseUrl, "responses").href;
    this.#upstream = new HttpUpstream(options, bearerOf(options));
  }

  stream(request: ProviderRequest, context: ProviderContext): AsyncIterableIterator<readonly ProviderPart[]> {
    return this.#upstream.stream(
      {
        build: () => ({ url: this.#url, body: buildRequestBody(request) }),
        createAnswer: (errors) => new ResponseAnswer(errors),
      },
      context,
    );
  }
}
