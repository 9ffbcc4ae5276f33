import { bearerOf, endpointOf, type HttpProviderOptions, HttpUpstream } from "../http/mod.ts";
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
  readonly #upstream: HttpUpstream;

  /** @throws {TypeError} If the base URL, the key or a header cannot be used. */
  constructor(options: CohereOptions) {
    this.name = options.name;
    this.#url = endpointOf(options.baseUrl, "chat").href;
    this.#upstream = new HttpUpstream(options, bearerOf(options));
  }

  stream(request: ProviderRequest, context: ProviderContext): AsyncIterableIterator<readonly ProviderPart[]> {
    return this.#upstream.stream(
      {
        build: () => ({ url: this.#url, body: buildRequestBody(request) }),
        createAnswer: (errors) => new CohereAnswer(errors),
      },
      context,
    );
  }
}
