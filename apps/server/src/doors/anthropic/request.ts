import { createHash } from "node:crypto";
import * as z from "zod";
import type { AskMessages } from "../../answers/answers.ts";
import { messageSchema, textBlockSchema } from "./blocks.ts";
import { toChatMessages } from "./messages.ts";
import { refusalOf } from "./refusal.ts";
import { reasoningEffortOf, thinkingSchema } from "./thinking.ts";
import { toolChoiceSchema, toolSchema, toToolParameters } from "./tools.ts";

const formatSchema = z.strictObject({ type: z.literal("json_schema"), schema: z.record(z.string(), z.unknown()) });

const requestSchema = z.strictObject({
  model: z.string().min(1).max(300),
  messages: z.array(messageSchema).min(1),
  max_tokens: z.int().positive(),
  system: z.union([z.string(), z.array(textBlockSchema)]).nullish(),
  stream: z.boolean().nullish(),
  stop_sequences: z.array(z.string().min(1)).nullish(),
  temperature: z.number().min(0).max(1).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.int().nonnegative().nullish(),
  metadata: z.strictObject({ user_id: z.string().nullish() }).nullish(),
  tools: z.array(toolSchema).nullish(),
  tool_choice: toolChoiceSchema.nullish(),
  thinking: thinkingSchema.nullish(),
  output_config: z
    .strictObject({
      effort: z.enum(["low", "medium", "high", "xhigh", "max"]).nullish(),
      format: formatSchema.nullish(),
    })
    .nullish(),
  /** The former name of `output_config.format`. */
  output_format: formatSchema.nullish(),
  service_tier: z.enum(["auto", "standard_only"]).nullish(),
  cache_control: z.looseObject({ type: z.string() }).nullish(),
});
type MessagesBody = z.infer<typeof requestSchema>;

/** Longest name of a user that OpenAI takes. */
const MAX_USER_LENGTH = 64;

/** A message as it was asked for. */
export interface MessagesRequest {
  ask: Pick<AskMessages, "messages" | "route" | "parameters" | "dialectParameters" | "maxOutputTokens">;
  isStreamed: boolean;
  stopSequences: readonly string[];
}

/**
 * Reads Anthropic's request and translates it into the engine's chat vocabulary; what the vocabulary has no word for is kept
 * for targets that speak Anthropic's own dialect.
 *
 * @throws {FailureError} `invalid-input`, or `unsupported-feature` for what can't be carried, naming the field.
 */
export function parseMessages(body: Record<string, unknown>): MessagesRequest {
  const parsed = requestSchema.safeParse(body);
  if (!parsed.success) throw refusalOf(parsed.error);
  const { model, messages, max_tokens, system, stream, stop_sequences } = parsed.data;
  return {
    ask: {
      route: model,
      messages: toChatMessages(system, messages),
      maxOutputTokens: max_tokens,
      parameters: toParameters(parsed.data),
      dialectParameters: { "anthropic-messages": toOwnParameters(parsed.data) },
    },
    isStreamed: stream ?? false,
    stopSequences: stop_sequences ?? [],
  };
}

function toParameters(body: MessagesBody): Record<string, unknown> {
  const { max_tokens, stop_sequences, thinking, output_config, output_format, metadata } = body;
  const format = output_config?.format ?? output_format;
  const effort = reasoningEffortOf(thinking, { effort: output_config?.effort, maxTokens: max_tokens });
  return {
    ...given(body, ["temperature", "top_p", "top_k"]),
    ...toToolParameters(body.tools, body.tool_choice),
    ...(stop_sequences && stop_sequences.length > 0 && { stop: stop_sequences }),
    ...(effort !== undefined && { reasoning_effort: effort }),
    ...(format && {
      response_format: {
        type: "json_schema",
        json_schema: { name: "answer", schema: format.schema, strict: true },
      },
    }),
    ...(metadata?.user_id && { user: userOf(metadata.user_id) }),
  };
}

/** What Anthropic's dialect takes as it is said, in the place of its translation. */
function toOwnParameters(body: MessagesBody): Record<string, unknown> {
  const { metadata, output_config } = body;
  return {
    ...given(body, ["thinking", "service_tier", "cache_control"]),
    ...(output_config?.effort && { output_config: { effort: output_config.effort } }),
    ...(metadata?.user_id && { metadata: { user_id: metadata.user_id }, user: null }),
  };
}

/** A user's name, or its hash where it is too long: OpenAI's own advice for names that are to stay private. */
function userOf(id: string): string {
  return id.length <= MAX_USER_LENGTH ? id : createHash("sha256").update(id).digest("hex");
}

/** The fields that were given; clients write null where they mean nothing. */
function given(body: MessagesBody, names: readonly (keyof MessagesBody)[]): Record<string, unknown> {
  const values = names.map((name) => [name, body[name]] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined && value !== null));
}
