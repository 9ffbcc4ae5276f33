export type { AnthropicMessagesOptions } from "./anthropic_messages_provider.ts";
export { AnthropicMessagesProvider } from "./anthropic_messages_provider.ts";
