import { AiSdkProvider } from "@cogniforge/core/ai-sdk";
import type { HttpProviderOptions, Provider, ProviderFetch, ProviderPreset } from "@cogniforge/core/providers";
import {
  AnthropicMessagesProvider,
  CohereProvider,
  GeminiProvider,
  MockProvider,
  OllamaProvider,
  OpenAiChatProvider,
  OpenAiResponsesProvider,
  presetOf,
} from "@cogniforge/core/providers";
import type { AiSdkModels, ProviderConfig } from "../config/mod.ts";
import { webFetch } from "./web_fetch.ts";

/**
 * Makes the provider that a configuration describes.
 *
 * @throws {TypeError} If it is to be reached over HTTP and has no base URL, or gives no model of the AI SDK.
 */
export function makeProvider(config: ProviderConfig, fetch: ProviderFetch): Provider {
  const { name, dialect, baseUrl, prefill, text, paceMs } = config;
  if (dialect === "mock") return new MockProvider({ name, text, paceMs });
  if (dialect === "ai-sdk") return makeSdkProvider(config, fetch);
  if (baseUrl === undefined) throw new TypeError(`Cannot make provider '${name}' as it has no base URL`);
  const preset = config.preset === undefined ? undefined : presetOf(config.preset);
  const options: HttpProviderOptions = { name, baseUrl, fetch, ...credentials(config, preset) };
  switch (dialect) {
    case "openai-chat":
      return new OpenAiChatProvider({ ...options, quirks: preset?.chat, prefillStyle: prefill });
    case "openai-responses":
      return new OpenAiResponsesProvider(options);
    case "anthropic-messages":
      return new AnthropicMessagesProvider(options);
    case "gemini":
      return new GeminiProvider(options);
    case "ollama":
      return new OllamaProvider(options);
    case "cohere":
      return new CohereProvider(options);
    default:
      return dialect satisfies never;
  }
}

function makeSdkProvider({ name, sdk }: ProviderConfig, fetch: ProviderFetch): Provider {
  if (sdk === undefined) throw new TypeError(`Cannot make provider '${name}' as it has no model of the AI SDK`);
  const model: unknown = sdk.model({ fetch: webFetch(fetch) });
  const isModel = typeof model === "object" && model !== null && "doStream" in model;
  if (!isModel && typeof model !== "function") {
    throw new TypeError(
      `Cannot make provider '${name}' as its 'model' gave neither a model of the AI SDK nor a function`,
    );
  }
  const { providerOptions } = sdk;
  return new AiSdkProvider({ name, model: model as AiSdkModels, providerOptions });
}

/** The key where the provider looks for it: in the dialect's own place, or in a header of the provider's own. */
function credentials({ apiKey, headers }: ProviderConfig, preset: ProviderPreset | undefined) {
  const key = apiKey?.reveal();
  if (key === undefined || preset?.keyHeader === undefined) return { apiKey: key, headers };
  return { headers: { [preset.keyHeader]: key, ...headers } };
}
