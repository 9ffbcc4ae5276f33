import * as z from "zod";

/** Only tools that the caller runs itself; Anthropic's own are refused by their type. */
export const toolSchema = z.strictObject({
  type: z.literal("custom").nullish(),
  name: z.string().min(1),
  description: z.string().nullish(),
  input_schema: z.looseObject({ type: z.literal("object") }),
  strict: z.boolean().nullish(),
  cache_control: z.looseObject({ type: z.string() }).nullish(),
  // How finely the input is streamed changes nothing of what it is: here it comes when it is complete.
  eager_input_streaming: z.boolean().nullish(),
  defer_loading: z.literal(false).nullish(),
  allowed_callers: z.array(z.literal("direct")).nullish(),
});
export type AnthropicTool = z.infer<typeof toolSchema>;

const isSingle = { disable_parallel_tool_use: z.boolean().nullish() };

export const toolChoiceSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("auto"), ...isSingle }),
  z.strictObject({ type: z.literal("any"), ...isSingle }),
  z.strictObject({ type: z.literal("tool"), name: z.string().min(1), ...isSingle }),
  z.strictObject({ type: z.literal("none") }),
]);
export type AnthropicToolChoice = z.infer<typeof toolChoiceSchema>;

/** Tools and their choice as parameters of the chat vocabulary. */
export function toToolParameters(
  tools: readonly AnthropicTool[] | null | undefined,
  choice: AnthropicToolChoice | null | undefined,
): Record<string, unknown> {
  if (!tools || tools.length === 0) return {};
  const isSingle = choice && choice.type !== "none" && choice.disable_parallel_tool_use;
  return {
    tools: tools.map(toFunction),
    ...(choice && { tool_choice: toChoice(choice) }),
    ...(isSingle && { parallel_tool_calls: false }),
  };
}

function toFunction({ name, description, input_schema, strict, cache_control }: AnthropicTool) {
  return {
    type: "function",
    function: {
      name,
      ...(description && { description }),
      parameters: input_schema,
      ...(typeof strict === "boolean" && { strict }),
    },
    ...(cache_control && { cache_control }),
  };
}

function toChoice(choice: AnthropicToolChoice): unknown {
  switch (choice.type) {
    case "auto":
    case "none":
      return choice.type;
    case "any":
      return "required";
    case "tool":
      return { type: "function", function: { name: choice.name } };
    default:
      return choice satisfies never;
  }
}
