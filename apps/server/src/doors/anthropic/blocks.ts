import * as z from "zod";

/** A mark for the provider's cache; passed on as it is. */
const cacheControl = z.looseObject({ type: z.string() }).nullish();

/** Citations are not carried: neither asked for nor given back. */
const noCitations = z.array(z.unknown()).max(0).nullish();

const base64Source = z.strictObject({ type: z.literal("base64"), media_type: z.string(), data: z.string().min(1) });
const urlSource = z.strictObject({ type: z.literal("url"), url: z.url() });

export const textBlockSchema = z.strictObject({
  type: z.literal("text"),
  text: z.string(),
  cache_control: cacheControl,
  citations: noCitations,
});
export type TextBlock = z.infer<typeof textBlockSchema>;

const imageBlockSchema = z.strictObject({
  type: z.literal("image"),
  source: z.discriminatedUnion("type", [base64Source, urlSource]),
  cache_control: cacheControl,
});
export type ImageBlock = z.infer<typeof imageBlockSchema>;

const documentBlockSchema = z.strictObject({
  type: z.literal("document"),
  source: z.discriminatedUnion("type", [
    base64Source,
    urlSource,
    z.strictObject({ type: z.literal("text"), media_type: z.literal("text/plain"), data: z.string().min(1) }),
  ]),
  title: z.string().nullish(),
  context: z.string().nullish(),
  citations: z.strictObject({ enabled: z.literal(false).optional() }).nullish(),
  cache_control: cacheControl,
});
export type DocumentBlock = z.infer<typeof documentBlockSchema>;

const toolResultBlockSchema = z.strictObject({
  type: z.literal("tool_result"),
  tool_use_id: z.string().min(1),
  content: z
    .union([
      z.string(),
      z.array(z.discriminatedUnion("type", [textBlockSchema, imageBlockSchema, documentBlockSchema])),
    ])
    .nullish(),
  is_error: z.boolean().nullish(),
  cache_control: cacheControl,
  toolset_name: z.null().optional(),
});
export type ToolResultBlock = z.infer<typeof toolResultBlockSchema>;

const toolUseBlockSchema = z.strictObject({
  type: z.literal("tool_use"),
  id: z.string().min(1),
  name: z.string().min(1),
  input: z.unknown(),
  cache_control: cacheControl,
  caller: z.strictObject({ type: z.literal("direct") }).nullish(),
  toolset_name: z.null().optional(),
  /** Ours: what the provider wants back beside the call. */
  extra_content: z.record(z.string(), z.unknown()).nullish(),
});
export type ToolUseBlock = z.infer<typeof toolUseBlockSchema>;

const thinkingBlockSchema = z.strictObject({
  type: z.literal("thinking"),
  thinking: z.string(),
  signature: z.string().nullish(),
});
export type ThinkingBlock = z.infer<typeof thinkingBlockSchema>;

const redactedThinkingBlockSchema = z.strictObject({ type: z.literal("redacted_thinking"), data: z.string().min(1) });
export type RedactedThinkingBlock = z.infer<typeof redactedThinkingBlockSchema>;

export const userBlockSchema = z.discriminatedUnion("type", [
  textBlockSchema,
  imageBlockSchema,
  documentBlockSchema,
  toolResultBlockSchema,
]);
export type UserBlock = z.infer<typeof userBlockSchema>;

export const assistantBlockSchema = z.discriminatedUnion("type", [
  textBlockSchema,
  toolUseBlockSchema,
  thinkingBlockSchema,
  redactedThinkingBlockSchema,
]);
export type AssistantBlock = z.infer<typeof assistantBlockSchema>;

export const messageSchema = z.discriminatedUnion("role", [
  z.strictObject({ role: z.literal("user"), content: z.union([z.string(), z.array(userBlockSchema)]) }),
  z.strictObject({ role: z.literal("assistant"), content: z.union([z.string(), z.array(assistantBlockSchema)]) }),
  z.strictObject({ role: z.literal("system"), content: z.union([z.string(), z.array(textBlockSchema)]) }),
]);
export type AnthropicMessage = z.infer<typeof messageSchema>;
