export type { ChatMessage } from "./chat_message.ts";
export { chatMessageSchema } from "./chat_message.ts";
export type {
  Dialect,
  Provider,
  ProviderContext,
  ProviderPart,
  ProviderRequest,
} from "./provider.ts";
