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
import { ChatAnswer } from "./chat_answer.ts";
import { buildRequestBody, type MaxTokensField, type PrefillStyle, prefillStyleOf } from "./request.ts";

/** Options for {@linkcode OpenAiChatProvider}; the key is sent as a bearer key. */
export interface OpenAiChatOptions extends HttpProviderOptions {
  /** Name of the ceiling of output tokens; by default the new one for OpenAI's own host, the old one elsewhere. */
  maxTokensField?: MaxTokensField | undefined;
  /** How the model is handed the beginning of its own message; by default as the provider's host documents it, if it does. */
  prefillStyle?: PrefillStyle | undefined;
}

/** OpenAI's chat completions, and everything that speaks the same dialect. */
export class OpenAiChatProvider implements Provider {
  readonly name: string;
  readonly dialect = "openai-chat";
  readonly isTrial = false;
  readonly #url: string;
  readonly #headers: Headers;
  readonly #fetch: ProviderFetch;
  readonly #maxTokensField: MaxTokensField;
  readonly #prefillStyle: PrefillStyle | undefined;
  readonly #maxChars: number;
  readonly #now: () => number;

  /** @throws {TypeError} If the base URL, the key or a header cannot be used. */
  constructor(options: OpenAiChatOptions) {
    const url = endpointOf(options.baseUrl, "chat/completions");
    this.name = options.name;
    this.#url = url.href;
    this.#headers = headersOf(options, options.apiKey ? { authorization: `Bearer ${options.apiKey}` } : {});
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
    // OpenAI's newer models refuse the old name, its older ones take the new one; look-alikes may know only the old.
    this.#maxTokensField =
      options.maxTokensField ?? (url.hostname === "api.openai.com" ? "max_completion_tokens" : "max_tokens");
    this.#prefillStyle = options.prefillStyle ?? prefillStyleOf(url);
    this.#maxChars = options.maxChars ?? MAX_SSE_EVENT_CHARS;
    this.#now = options.now ?? Date.now;
  }

  acceptsPrefill(): boolean {
    return this.#prefillStyle !== undefined;
  }

  stream(request: ProviderRequest, context: ProviderContext): AsyncIterableIterator<readonly ProviderPart[]> {
    const now = this.#now;
    return streamHttp(
      {
        url: this.#url,
        headers: this.#headers,
        body: buildRequestBody(request, { maxTokensField: this.#maxTokensField, prefillStyle: this.#prefillStyle }),
        fetch: this.#fetch,
        now,
        createReader: ({ headers }) => new BodyReader(new ChatAnswer({ headers, now }), { maxChars: this.#maxChars }),
      },
      context,
    );
  }
}
