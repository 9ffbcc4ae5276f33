import type { AiSdkModel, ProviderOptions } from "@cogniforge/core/ai-sdk";

/** What a package of the AI SDK is given. */
export interface AiSdkTools {
  /** The server's own connections: it follows no redirect, which would carry a key to another host. */
  fetch: typeof globalThis.fetch;
}

/** One model for all that is asked, or what makes the model of a name, as a provider of the SDK does. */
export type AiSdkModels = AiSdkModel | ((modelId: string) => AiSdkModel);

/** Where the models of a provider come from. */
export interface AiSdkSource {
  readonly model: (tools: AiSdkTools) => AiSdkModels;
  /** Given with every call, by the provider's name in the SDK. */
  readonly providerOptions?: ProviderOptions;
}
