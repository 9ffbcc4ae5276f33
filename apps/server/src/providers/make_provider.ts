import type { Provider, ProviderFetch } from "@cogniforge/core/providers";
import { MockProvider, OpenAiChatProvider } from "@cogniforge/core/providers";
import type { ProviderConfig } from "../config/mod.ts";

/** Makes the provider that a configuration describes. */
export function makeProvider(config: ProviderConfig, fetch: ProviderFetch): Provider {
  const { name, dialect, baseUrl, apiKey, headers, prefill, text, paceMs } = config;
  switch (dialect) {
    case "mock":
      return new MockProvider({ name, text, paceMs });
    case "openai-chat":
      if (baseUrl === undefined) throw new TypeError(`Cannot make provider '${name}' as it has no base URL`);
      return new OpenAiChatProvider({
        name,
        baseUrl,
        apiKey: apiKey?.reveal(),
        headers,
        prefillStyle: prefill,
        fetch,
      });
    default:
      return dialect satisfies never;
  }
}
