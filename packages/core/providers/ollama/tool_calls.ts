import { asArray, asObject, asText, parseJson } from "../_json.ts";
import { newToolCallId } from "../_tool_call_id.ts";
import type { ProviderPart } from "../provider.ts";

export type ToolCallPart = Extract<ProviderPart, { type: "tool-call" }>;

/** Reads a message's calls: each comes whole, its arguments as an object. One whose arguments are no JSON is dropped. */
export function readToolCalls(calls: unknown, firstIndex: number): ToolCallPart[] {
  const parts: ToolCallPart[] = [];
  for (const value of asArray(calls)) {
    const call = asObject(value);
    const called = asObject(call?.function);
    const name = asText(called?.name);
    const text = argumentsText(called?.arguments);
    if (name === undefined || text === undefined) continue;
    const index = firstIndex + parts.length;
    parts.push({ type: "tool-call", index, id: asText(call?.id) ?? newToolCallId(), name, arguments: text });
  }
  return parts;
}

function argumentsText(value: unknown): string | undefined {
  if (value === undefined || value === null || value === "") return "{}";
  if (typeof value !== "string") return JSON.stringify(value);
  return parseJson(value) === undefined ? undefined : value;
}
