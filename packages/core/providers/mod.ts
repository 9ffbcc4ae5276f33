export type { ChatMessage } from "./chat_message.ts";
export { chatMessageSchema } from "./chat_message.ts";
export type { MaxTokensField, OpenAiChatOptions, ProviderFetch, ProviderFetchInit } from "./openai_chat/mod.ts";
export { OpenAiChatProvider } from "./openai_chat/mod.ts";
export type {
  Dialect,
  Provider,
  ProviderContext,
  ProviderPart,
  ProviderRequest,
} from "./provider.ts";
