import { asArray, asObject, asText, type JsonObject } from "../_json.ts";
import { unsupported } from "../http/mod.ts";
import type { ModelTraits } from "./claude_model.ts";
import type { Turn } from "./messages.ts";

/** The tools of a request, and how the model is to use them. */
export interface ToolPlan {
  tools: JsonObject[];
  choice: JsonObject | undefined;
}

/** A schema that takes anything, for tools that name none. */
const ANY_INPUT: JsonObject = { type: "object", properties: {} };

/**
 * Translates `tools`, `tool_choice` and `parallel_tool_calls`, and their former names.
 *
 * @throws {UpstreamError} If a tool is of a kind that this dialect lacks.
 */
export function planTools(parameters: JsonObject, turns: readonly Turn[], traits: ModelTraits): ToolPlan {
  const tools = asArray(parameters.tools).map((value) => toTool(asObject(value) ?? {}, traits));
  for (const legacy of asArray(parameters.functions)) tools.push(toTool({ function: legacy }, traits));
  // Tools that were used must be declared, also when none may be used any more.
  if (tools.length === 0) return declareUsed(turns);
  const plan = toPlan(parameters.tool_choice ?? parameters.function_call, tools);
  if (parameters.parallel_tool_calls !== false || plan.choice?.type === "none") return plan;
  return { ...plan, choice: { type: "auto", ...plan.choice, disable_parallel_tool_use: true } };
}

/** Whether the choice forces a tool on the model, which it cannot think about. */
export function isForced(choice: JsonObject | undefined): boolean {
  return choice?.type === "any" || choice?.type === "tool";
}

function toTool(tool: JsonObject, { hasStructuredOutputs }: ModelTraits): JsonObject {
  const called = asObject(tool.function);
  if (called === undefined) {
    if (asObject(tool.custom) !== undefined) throw unsupported("tools whose input is text by a grammar");
    // Anthropic's own tools.
    return tool;
  }
  const translated: Record<string, unknown> = { name: asText(called.name) ?? "" };
  const description = asText(called.description);
  if (description !== undefined) translated.description = description;
  const schema = asObject(called.parameters);
  translated.input_schema = schema === undefined ? ANY_INPUT : { ...schema, type: "object" };
  // Where the API cannot keep to a schema, the model does so nearly always.
  if (called.strict === true && hasStructuredOutputs) translated.strict = true;
  const mark = asObject(tool.cache_control) ?? asObject(called.cache_control);
  if (mark !== undefined) translated.cache_control = mark;
  return translated;
}

function toPlan(choice: unknown, tools: JsonObject[]): ToolPlan {
  if (choice === undefined || choice === null) return { tools, choice: undefined };
  if (choice === "required" || choice === "any") return { tools, choice: { type: "any" } };
  if (choice === "auto" || choice === "none") return { tools, choice: { type: choice } };
  const object = asObject(choice);
  const name =
    asText(asObject(object?.function)?.name) ?? (object?.type === undefined ? asText(object?.name) : undefined);
  if (name !== undefined) return { tools, choice: { type: "tool", name } };
  if (object?.type === "allowed_tools") return allowOnly(asObject(object.allowed_tools) ?? object, tools);
  // Anthropic's own form.
  if (object !== undefined && object.type !== "custom") return { tools, choice: object };
  throw unsupported(`the tool choice '${String(object?.type ?? choice).slice(0, 50)}'`);
}

function allowOnly(allowed: JsonObject, tools: JsonObject[]): ToolPlan {
  const names = asArray(allowed.tools).map((value) => {
    const tool = asObject(value);
    return asObject(tool?.function)?.name ?? tool?.name;
  });
  const rest = tools.filter(({ name }) => names.includes(name));
  return { tools: rest, choice: { type: allowed.mode === "required" ? "any" : "auto" } };
}

function declareUsed(turns: readonly Turn[]): ToolPlan {
  const used = turns.flatMap(({ content }) => content).filter(({ type }) => type === "tool_use");
  const names = [...new Set(used.map(({ name }) => name))];
  if (names.length === 0) return { tools: [], choice: undefined };
  return { tools: names.map((name) => ({ name, input_schema: ANY_INPUT })), choice: { type: "none" } };
}
