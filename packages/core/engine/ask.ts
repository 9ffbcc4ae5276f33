import * as z from "zod";
import { chatMessageSchema } from "../providers/mod.ts";

/** Where a question came from: kept with it for logs and traces, also over a crash; nothing is decided by it. */
export const askOriginSchema = z.object({
  /** Name of the door that took it. */
  door: z.string(),
  requestId: z.string().optional(),
  /** The caller's place in its own trace, as W3C's Trace Context writes it. */
  traceparent: z.string().optional(),
});
export type AskOrigin = z.infer<typeof askOriginSchema>;

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
  origin: askOriginSchema.optional(),
});

/** What an answer belongs to; read without checking the messages, which can be long. */
export const askSubjectSchema = askSchema.pick({ conversationId: true, route: true });

export type Ask = z.infer<typeof askSchema>;
