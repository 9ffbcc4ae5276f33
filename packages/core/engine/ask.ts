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
  /**
   * What targets of one dialect are sent in the place of `parameters` of the same name: a caller's own words where the chat
   * vocabulary says less. `null` leaves a parameter out.
   */
  dialectParameters: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
  maxOutputTokens: z.int().positive().optional(),
  /** Overrides the route's policy for this answer. */
  onCut: z.enum(["continue", "fail"]).optional(),
});
export type Ask = z.infer<typeof askSchema>;
