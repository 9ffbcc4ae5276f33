export { OpenAiChatProvider } from "./openai_chat_provider.ts";
export type { OpenAiChatOptions, ProviderFetch, ProviderFetchInit } from "./options.ts";
export type { MaxTokensField } from "./request.ts";
