import type { ChatQuirks, MaxTokensField, PrefillStyle } from "../catalogue/mod.ts";
import { presetAt } from "../catalogue/mod.ts";
import { bearerOf, endpointOf, type HttpProviderOptions, HttpUpstream } from "../http/mod.ts";
import type { Provider, ProviderContext, ProviderPart, ProviderRequest } from "../provider.ts";
import { ChatAnswer } from "./chat_answer.ts";
import { buildRequestBody } from "./request.ts";

/**
 * Options for {@linkcode OpenAiChatProvider}; the key is sent as a bearer key.
 *
 * `{model}` in the base URL's path stands for the request's model, as Azure's addresses of deployments have it.
 */
export interface OpenAiChatOptions extends HttpProviderOptions {
  /** Where the provider differs from OpenAI; by default what the catalogue knows of its host, if it does. */
  quirks?: ChatQuirks | undefined;
  /** Name of the ceiling of output tokens; it wins over the quirks. */
  maxTokensField?: MaxTokensField | undefined;
  /** How every model is handed the beginning of its own message, at the base URL; it wins over the quirks. */
  prefillStyle?: PrefillStyle | undefined;
}

/** How `{model}` looks in the path of a parsed URL. */
const MODEL_MARK = /%7Bmodel%7D/gi;

/** OpenAI's chat completions, and everything that speaks the same dialect. */
export class OpenAiChatProvider implements Provider {
  readonly name: string;
  readonly dialect = "openai-chat";
  readonly isTrial = false;
  readonly #url: string;
  /** Where a request with the beginning of the model's message goes. */
  readonly #prefillUrl: string;
  readonly #quirks: ChatQuirks;
  readonly #upstream: HttpUpstream;

  /** @throws {TypeError} If the base URL, the key or a header cannot be used. */
  constructor(options: OpenAiChatOptions) {
    const { baseUrl, maxTokensField, prefillStyle } = options;
    const url = endpointOf(baseUrl, "chat/completions");
    const known = options.quirks ?? presetAt(url)?.chat;
    this.#quirks = {
      ...known,
      ...(maxTokensField && { maxTokensField }),
      ...(prefillStyle && { prefill: { style: prefillStyle } }),
    };
    this.name = options.name;
    this.#url = url.href;
    this.#prefillUrl = prefillUrlOf(baseUrl, this.#quirks)?.href ?? url.href;
    this.#upstream = new HttpUpstream(options, bearerOf(options));
  }

  acceptsPrefill(model: string): boolean {
    const { prefill } = this.#quirks;
    return prefill !== undefined && (prefill.accepts?.(model) ?? true);
  }

  stream(request: ProviderRequest, context: ProviderContext): AsyncIterableIterator<readonly ProviderPart[]> {
    const { prefill, ...quirks } = this.#quirks;
    const url = request.prefill === undefined ? this.#url : this.#prefillUrl;
    return this.#upstream.stream(
      {
        build: () => ({
          url: url.replaceAll(MODEL_MARK, () => encodeURIComponent(request.model)),
          body: buildRequestBody(request, { ...quirks, prefillStyle: prefill?.style }),
        }),
        createAnswer: (errors) => new ChatAnswer(errors),
      },
      context,
    );
  }
}

function prefillUrlOf(baseUrl: string, { prefill }: ChatQuirks): URL | undefined {
  const base = new URL(baseUrl);
  // Behind a proxy the provider's own paths are not known.
  if (prefill?.basePath === undefined || presetAt(base)?.chat?.prefill !== prefill) return undefined;
  base.pathname = prefill.basePath;
  return endpointOf(base.href, "chat/completions");
}
