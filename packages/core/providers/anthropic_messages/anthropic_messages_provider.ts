import { endpointOf, type HttpProviderOptions, HttpUpstream } from "../http/mod.ts";
import type { Provider, ProviderContext, ProviderPart, ProviderRequest } from "../provider.ts";
import { traitsOf } from "./claude_model.ts";
import { MessageAnswer } from "./message_answer.ts";
import { buildRequest } from "./request.ts";

/** Options for {@linkcode AnthropicMessagesProvider}; the base URL ends in `/v1`, and the key is sent as `x-api-key`. */
export interface AnthropicMessagesOptions extends HttpProviderOptions {
  /** Ceiling of output tokens for requests without one; by default one that suits the model. */
  defaultMaxTokens?: number | undefined;
}

/** The only version of the API so far; a header that is configured wins over it. */
const API_VERSION = "2023-06-01";

/** Anthropic's Messages API, and the gateways and servers that speak the same dialect. */
export class AnthropicMessagesProvider implements Provider {
  readonly name: string;
  readonly dialect = "anthropic-messages";
  readonly isTrial = false;
  readonly #url: string;
  readonly #defaultMaxTokens: number | undefined;
  readonly #upstream: HttpUpstream;

  /**
   * @throws {TypeError} If the base URL, the key or a header cannot be used.
   * @throws {RangeError} If the default ceiling is no positive whole number.
   */
  constructor(options: AnthropicMessagesOptions) {
    const { defaultMaxTokens } = options;
    if (defaultMaxTokens !== undefined && !(Number.isSafeInteger(defaultMaxTokens) && defaultMaxTokens > 0)) {
      throw new RangeError(
        `Cannot use 'defaultMaxTokens' as it must be a positive whole number: current value is ${defaultMaxTokens}`,
      );
    }
    this.name = options.name;
    this.#url = endpointOf(options.baseUrl, "messages").href;
    this.#upstream = new HttpUpstream(options, {
      "anthropic-version": API_VERSION,
      ...(options.apiKey ? { "x-api-key": options.apiKey } : {}),
    });
    this.#defaultMaxTokens = defaultMaxTokens;
  }

  /** A model takes one unless it is thinking, which a request with the beginning of its message turns off. */
  acceptsPrefill(model: string): boolean {
    return traitsOf(model).acceptsPrefill;
  }

  stream(request: ProviderRequest, context: ProviderContext): AsyncIterableIterator<readonly ProviderPart[]> {
    let jsonTool: string | undefined;
    return this.#upstream.stream(
      {
        build: () => {
          const built = buildRequest(request, { defaultMaxTokens: this.#defaultMaxTokens });
          jsonTool = built.jsonTool;
          return { url: this.#url, body: built.body };
        },
        createAnswer: (errors) => new MessageAnswer({ ...errors, jsonTool }),
      },
      context,
    );
  }
}
