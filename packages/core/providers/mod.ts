export type { AnthropicMessagesOptions } from "./anthropic_messages/mod.ts";
export { AnthropicMessagesProvider } from "./anthropic_messages/mod.ts";
export type {
  Abilities,
  ChatQuirks,
  HttpDialect,
  MaxTokensField,
  PrefillStyle,
  PresetEndpoint,
  PresetPrefill,
  ProviderPreset,
} from "./catalogue/mod.ts";
export { abilitiesOf, PRESETS, presetAt, presetOf } from "./catalogue/mod.ts";
export type { ChatMessage } from "./chat_message.ts";
export { chatMessageSchema } from "./chat_message.ts";
export type { CohereOptions } from "./cohere/mod.ts";
export { CohereProvider } from "./cohere/mod.ts";
export type { Fault, FaultInput, FaultyOptions } from "./faulty/mod.ts";
export { FaultyProvider, faultSchema } from "./faulty/mod.ts";
export type { GeminiOptions } from "./gemini/mod.ts";
export { GeminiProvider } from "./gemini/mod.ts";
export type {
  HttpProviderOptions,
  ProviderFetch,
  ProviderFetchInit,
  UpstreamBodyReader,
  UpstreamBodyStream,
  UpstreamResponse,
} from "./http/mod.ts";
export type { MockOptions } from "./mock/mod.ts";
export { MockProvider } from "./mock/mod.ts";
export type { OllamaOptions } from "./ollama/mod.ts";
export { OllamaProvider } from "./ollama/mod.ts";
export type { OpenAiChatOptions } from "./openai_chat/mod.ts";
export { OpenAiChatProvider } from "./openai_chat/mod.ts";
export type { OpenAiResponsesOptions } from "./openai_responses/mod.ts";
export { OpenAiResponsesProvider } from "./openai_responses/mod.ts";
export type {
  Dialect,
  Provider,
  ProviderContext,
  ProviderPart,
  ProviderRequest,
} from "./provider.ts";
export type { Script, ScriptedCall, ScriptedOptions, ScriptStep } from "./scripted/mod.ts";
export { ScriptedProvider } from "./scripted/mod.ts";
