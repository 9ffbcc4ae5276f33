export type { OpenAiChatOptions } from "./openai_chat_provider.ts";
export { OpenAiChatProvider } from "./openai_chat_provider.ts";
