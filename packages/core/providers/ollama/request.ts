import { asArray, asCount, asObject, asText, type JsonObject } from "../_json.ts";
import { unsupported } from "../http/mod.ts";
import type { ProviderRequest } from "../provider.ts";
import { toMessages } from "./messages.ts";

/** Fields of OpenAI's chat vocabulary that are options of the model here, under the same name. */
const OPTIONS = ["temperature", "top_p", "top_k", "min_p", "seed", "stop", "presence_penalty", "frequency_penalty"];
/** Names of the ceiling of output tokens. */
const CEILINGS = ["max_tokens", "max_completion_tokens"];
/** Fields that are translated, or that ask for what is done anyway. */
const TRANSLATED = new Set([
  ...OPTIONS,
  ...CEILINGS,
  ...["options", "response_format", "reasoning_effort", "tools", "tool_choice", "functions", "function_call"],
  ...["n", "logit_bias", "modalities", "audio", "parallel_tool_calls", "stream_options", "model", "messages", "stream"],
]);

/**
 * The body of the request in Ollama's vocabulary; unknown fields pass through.
 *
 * @see https://docs.ollama.com/api/chat
 * @throws {UpstreamError} If the request asks for something that this dialect lacks.
 */
export function buildRequestBody(request: ProviderRequest): Record<string, unknown> {
  const { parameters } = request;
  refuseUnsupported(parameters);
  const body: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(parameters)) if (!TRANSLATED.has(field)) body[field] = value;
  body.model = request.model;
  body.messages = toMessages(request.messages);
  body.stream = true;
  const options = toOptions(request);
  if (Object.keys(options).length > 0) body.options = options;
  const tools = toTools(parameters);
  if (tools.length > 0) body.tools = tools;
  const format = toFormat(parameters.response_format);
  if (format !== undefined) body.format ??= format;
  const think = toThink(parameters.reasoning_effort, request.model);
  if (think !== undefined) body.think ??= think;
  return body;
}

function refuseUnsupported(parameters: JsonObject): void {
  if ((asCount(parameters.n) ?? 1) > 1) throw unsupported("several choices ('n' above 1)");
  if (Object.keys(asObject(parameters.logit_bias) ?? {}).length > 0) throw unsupported("'logit_bias'");
  if (asArray(parameters.modalities).some((modality) => modality !== "text") || asObject(parameters.audio)) {
    throw unsupported("output other than text");
  }
  const hasTools = asArray(parameters.tools).length + asArray(parameters.functions).length > 0;
  if (parameters.parallel_tool_calls === false && hasTools) throw unsupported("a limit of one tool call");
}

/** The model's options: the caller's own `options` win over fields of the chat vocabulary. */
function toOptions({ parameters, maxOutputTokens }: ProviderRequest): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const field of OPTIONS) if (isGiven(parameters[field])) options[field] = parameters[field];
  const limits = CEILINGS.map((field) => asCount(parameters[field])).filter((limit) => limit !== undefined);
  if (limits.length > 0) options.num_predict = Math.min(...limits);
  if (options.stop !== undefined) options.stop = typeof options.stop === "string" ? [options.stop] : options.stop;
  Object.assign(options, asObject(parameters.options));
  // Below zero means without limit.
  if (maxOutputTokens !== undefined) {
    options.num_predict = Math.min(asCount(options.num_predict) ?? maxOutputTokens, maxOutputTokens);
  }
  return options;
}

/** The tools; a choice is only what can be had without a field for it. */
function toTools(parameters: JsonObject): readonly unknown[] {
  const functions = asArray(parameters.functions).map((called) => ({ type: "function", function: called }));
  const tools = [...asArray(parameters.tools), ...functions];
  if (tools.length === 0) return tools;
  const choice = parameters.tool_choice ?? parameters.function_call ?? "auto";
  if (choice === "none") return [];
  if (choice !== "auto") throw unsupported("a tool choice that forces a call");
  const foreign = tools.find((tool) => asObject(tool)?.type !== "function");
  if (foreign !== undefined) throw unsupported("tools that are no functions");
  return tools;
}

function toFormat(value: unknown): unknown {
  const format = asObject(value);
  switch (format?.type) {
    case undefined:
    case "text":
      return undefined;
    case "json_object":
      return "json";
    case "json_schema":
      return asObject(format?.json_schema)?.schema ?? "json";
    default:
      throw unsupported(`the response format '${asText(format?.type)?.slice(0, 50)}'`);
  }
}

/** Whether, and how much, the model is to think: only gpt-oss takes a level, every other model yes or no. */
function toThink(effort: unknown, model: string): boolean | string | undefined {
  const level = asText(effort);
  if (level === undefined) return undefined;
  if (level === "none") return false;
  if (!/gpt-?oss/i.test(model)) return true;
  if (level === "minimal") return "low";
  return level === "low" || level === "medium" ? level : "high";
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
