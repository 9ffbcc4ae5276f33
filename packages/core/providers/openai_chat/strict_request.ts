import { asArray, asObject, type JsonObject } from "../_json.ts";

/** Fields of messages, of their parts and calls, and of tools that other makers have added to OpenAI's vocabulary. */
const FOREIGN: ReadonlySet<string> = new Set([
  ...["reasoning_details", "reasoning_content", "reasoning", "reasoning_text", "thinking", "thinking_blocks"],
  ...["cache_control", "extra_content", "is_error", "provider_options"],
]);

/** The conversation without what a strict server refuses to read; what is said is the same. */
export function strictMessages(messages: readonly JsonObject[]): JsonObject[] {
  return messages.map((message) => {
    const own: Record<string, unknown> = withoutForeign(message);
    if (Array.isArray(own.content)) own.content = own.content.flatMap(strictPart);
    if (Array.isArray(own.tool_calls)) own.tool_calls = own.tool_calls.map(strictItem);
    return own;
  });
}

/** The tools without the marks of other makers. */
export function strictTools(tools: unknown): unknown {
  if (!Array.isArray(tools)) return tools;
  return asArray(tools).map((tool) => {
    const own = strictItem(tool);
    const called = asObject(asObject(own)?.function);
    return called === undefined ? own : { ...asObject(own), function: withoutForeign(called) };
  });
}

/** Effort in OpenAI's word, from the object that OpenRouter made of it. */
export function effortOf(parameters: JsonObject): unknown {
  const reasoning = asObject(parameters.reasoning);
  return parameters.reasoning_effort ?? (reasoning?.enabled === false ? undefined : reasoning?.effort);
}

/** A part of a message; another model's thinking is none of what was said. Mistral's own is a list, which it wants back. */
function strictPart(part: unknown): unknown[] {
  const { type, thinking } = asObject(part) ?? {};
  const isForeign =
    type === "redacted_thinking" || type === "reasoning" || (type === "thinking" && !Array.isArray(thinking));
  if (isForeign) return [];
  return type === "thinking" ? [part] : [strictItem(part)];
}

function strictItem(item: unknown): unknown {
  const object = asObject(item);
  return object === undefined ? item : withoutForeign(object);
}

function withoutForeign(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([field]) => !FOREIGN.has(field)));
}
