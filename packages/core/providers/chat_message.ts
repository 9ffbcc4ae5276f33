import * as z from "zod";

/**
 * One message of a conversation in OpenAI's chat vocabulary, the one that callers of `/v1` speak:
 * dialects translate from it. Unknown fields are kept, so that what a caller sends reaches a provider that understands it.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export const chatMessageSchema = z.looseObject({
  role: z.enum(["system", "developer", "user", "assistant", "tool", "function"]),
  content: z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]).nullish(),
});
export type ChatMessage = z.infer<typeof chatMessageSchema>;
