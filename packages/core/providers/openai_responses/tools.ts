import { asArray, asObject, asText, type JsonObject } from "../_json.ts";
import { unsupported } from "../http/mod.ts";

/**
 * The tools, each function flattened; what is no function is the provider's own tool and passes through.
 *
 * @throws {UpstreamError} For a custom tool, whose calls have no JSON for arguments.
 */
export function toTools(parameters: JsonObject): readonly unknown[] {
  const legacy = asArray(parameters.functions).map((called) => ({ type: "function", function: called }));
  return [...asArray(parameters.tools), ...legacy].map((tool) => {
    const { type, function: nested, ...rest } = asObject(tool) ?? {};
    if (type === "custom") throw unsupported("custom tools, whose input is no JSON");
    const called = asObject(nested);
    if (type !== "function" || called === undefined) return tool;
    // Left out, `strict` is yes here and no in the chat vocabulary.
    return { ...rest, type, parameters: { type: "object", properties: {} }, strict: false, ...withoutNulls(called) };
  });
}

/** The choice, with the name of a function beside its type; the old vocabulary's object is a name alone. */
export function toToolChoice(parameters: JsonObject): unknown {
  const choice = parameters.tool_choice ?? parameters.function_call ?? undefined;
  const asked = asObject(choice);
  if (asked === undefined) return choice;
  if (asked.type === "allowed_tools") {
    const { mode, tools } = asObject(asked.allowed_tools) ?? asked;
    return { type: "allowed_tools", mode, tools: asArray(tools).map(named) };
  }
  return named(asked.type === undefined ? { type: "function", function: asked } : asked);
}

function named(tool: unknown): unknown {
  const name = asText(asObject(asObject(tool)?.function)?.name);
  return name === undefined ? tool : { type: "function", name };
}

function withoutNulls(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null && value !== undefined));
}
