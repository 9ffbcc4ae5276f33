export type { AiSdkOptions } from "./ai_sdk_provider.ts";
export { AiSdkProvider } from "./ai_sdk_provider.ts";
export type { AiSdkModel, ProviderOptions } from "./model.ts";
