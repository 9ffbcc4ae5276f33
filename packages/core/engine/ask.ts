import * as z from "zod";
import { chatMessageSchema } from "../providers/mod.ts";

/** What is asked, in the form that the journal keeps, so that a restarted server can go on with it. */
export const askSchema = z.object({
  /** Version of this shape. */
  version: z.literal(1),
  conversationId: z.string().optional(),
  /** Name of a route, or `provider/model`. */
  route: z.string(),
  messages: z.array(chatMessageSchema).min(1),
  /** Further fields in OpenAI's chat vocabulary. */
  parameters: z.record(z.string(), z.unknown()),
  maxOutputTokens: z.int().positive().optional(),
  /** Overrides the route's policy for this answer. */
  onCut: z.enum(["continue", "fail"]).optional(),
});
export type Ask = z.infer<typeof askSchema>;
