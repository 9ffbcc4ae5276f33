import { asObject, asText, type JsonObject } from "../_json.ts";
import { unsupported } from "../http/mod.ts";
import type { ModelTraits } from "./claude_model.ts";
import { toStrictSchema } from "./strict_schema.ts";
import { isForced, type ToolPlan } from "./tools.ts";

/** The tool that is forced on a model to make it write JSON. */
export const JSON_TOOL = "answer_in_json";

/** How the model is made to answer in JSON. */
export interface JsonPlan {
  /** Anthropic's `output_config.format`. */
  format?: JsonObject;
  /** The tools with the one whose input is the answer. */
  plan?: ToolPlan;
}

/**
 * Translates `response_format`. The API holds newer Claude models to a schema. For `json_object`, which it does not have, and for
 * other models the answer becomes the input of a tool that the model must call, the way that Anthropic's documents gave before.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/structured-outputs
 * @throws {UpstreamError} If there is no such format.
 */
export function planJson(value: unknown, own: ToolPlan, traits: ModelTraits): JsonPlan {
  const format = asObject(value);
  const type = asText(format?.type);
  if (format === undefined || type === undefined || type === "text") return {};
  if (type !== "json_object" && type !== "json_schema") {
    throw unsupported(`the response format '${type.slice(0, 50)}'`);
  }
  const described = asObject(format.json_schema);
  const schema = asObject(described?.schema) ?? asObject(format.schema);
  if (type === "json_schema" && schema !== undefined && traits.hasStructuredOutputs) {
    return { format: { type: "json_schema", schema: toStrictSchema(schema) } };
  }
  // The answer is a call of the caller's own tool.
  if (isForced(own.choice)) return {};
  if (!traits.canStopThinking) throw unsupported("JSON of any form from a model that always thinks");
  if (schema?.type !== undefined && schema.type !== "object") {
    throw unsupported("a response format whose schema is no object");
  }
  const tool = {
    name: JSON_TOOL,
    description: asText(described?.description) ?? "Takes the whole answer, as one JSON object.",
    input_schema: { type: "object", ...(schema ?? { additionalProperties: true }) },
  };
  const isAlone = own.tools.length === 0 || own.choice?.type === "none";
  // Beside the caller's tools the model has to choose: one of them, or the answer.
  const choice = isAlone ? { type: "tool", name: JSON_TOOL } : { type: "any", disable_parallel_tool_use: true };
  return { plan: { tools: [...own.tools, tool], choice } };
}
