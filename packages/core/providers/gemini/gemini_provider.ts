import { UpstreamError } from "../../failures/mod.ts";
import { endpointOf, type HttpProviderOptions, HttpUpstream } from "../http/mod.ts";
import type { Provider, ProviderContext, ProviderPart, ProviderRequest } from "../provider.ts";
import { GeminiAnswer } from "./gemini_answer.ts";
import { pathOf, takesPrefill } from "./model.ts";
import { buildRequestBody } from "./request.ts";

/**
 * Options for {@linkcode GeminiProvider}.
 *
 * The key is sent as `x-goog-api-key`, never in an address; for Vertex give `headers.authorization` instead. The base URL ends
 * with the version (`https://generativelanguage.googleapis.com/v1beta`) or, on Vertex, with the publisher
 * (`https://…/v1/projects/P/locations/L/publishers/google`).
 */
export interface GeminiOptions extends HttpProviderOptions {}

/** Google's Gemini, through `generateContent` of the Gemini API and of Vertex AI. */
export class GeminiProvider implements Provider {
  readonly name: string;
  readonly dialect = "gemini";
  readonly isTrial = false;
  readonly #baseUrl: string;
  readonly #upstream: HttpUpstream;

  /** @throws {TypeError} If the base URL, the key or a header cannot be used. */
  constructor(options: GeminiOptions) {
    // Only tried here: the path depends on the model.
    endpointOf(options.baseUrl, "models");
    this.name = options.name;
    this.#baseUrl = options.baseUrl;
    this.#upstream = new HttpUpstream(options, options.apiKey ? { "x-goog-api-key": options.apiKey } : {});
  }

  acceptsPrefill(model: string): boolean {
    return takesPrefill(model);
  }

  stream(request: ProviderRequest, context: ProviderContext): AsyncIterableIterator<readonly ProviderPart[]> {
    return this.#upstream.stream(
      {
        build: () => ({ url: this.#urlOf(request.model), body: buildRequestBody(request) }),
        createAnswer: (errors) => new GeminiAnswer(errors),
      },
      context,
    );
  }

  /** @throws {UpstreamError} If the model's name is no path. */
  #urlOf(model: string): string {
    const path = pathOf(model);
    if (path === undefined) {
      throw new UpstreamError({
        code: "model-not-found",
        action: "fallback",
        detail: "a model's name that is no path",
      });
    }
    const url = endpointOf(this.#baseUrl, `${path}:streamGenerateContent`);
    url.searchParams.set("alt", "sse");
    return url.href;
  }
}
