import { asArray, asCount, asObject, asText, type JsonObject, lookUp } from "../_json.ts";
import { unsupported } from "../http/mod.ts";
import type { ProviderRequest } from "../provider.ts";
import { toMessages } from "./messages.ts";

/** Fields of OpenAI's chat vocabulary, and their names here. */
const RENAMED: Readonly<Record<string, string>> = { top_p: "p", top_k: "k", stop: "stop_sequences" };
/** Fields that are translated, that ask for what is done anyway, or that Cohere has no use for. */
const TRANSLATED = new Set([
  ...Object.keys(RENAMED),
  ...["max_tokens", "max_completion_tokens", "response_format", "reasoning_effort", "tools", "tool_choice"],
  ...["functions", "function_call", "n", "logit_bias", "logprobs", "top_logprobs", "modalities", "audio"],
  ...["parallel_tool_calls", "stream_options", "stream", "model", "messages", "user", "store", "metadata"],
]);

/**
 * The body of the request in Cohere's vocabulary; unknown fields (`documents`, `safety_mode`, …) pass through.
 *
 * @see https://docs.cohere.com/reference/chat
 * @throws {UpstreamError} If the request asks for something that this dialect lacks.
 */
export function buildRequestBody(request: ProviderRequest): Record<string, unknown> {
  const { parameters } = request;
  refuseUnsupported(parameters);
  const body: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(parameters)) {
    const own = lookUp(RENAMED, field);
    if (value === undefined || value === null) continue;
    if (own !== undefined) body[own] = value;
    else if (!TRANSLATED.has(field)) body[field] = value;
  }
  if (typeof body.stop_sequences === "string") body.stop_sequences = [body.stop_sequences];
  const limits = [request.maxOutputTokens, asCount(parameters.max_tokens), asCount(parameters.max_completion_tokens)];
  const given = limits.filter((limit) => limit !== undefined);
  if (given.length > 0) body.max_tokens = Math.min(...given);
  addTools(parameters, body);
  const format = toFormat(parameters.response_format);
  if (format !== undefined) body.response_format = format;
  const effort = asText(parameters.reasoning_effort);
  if (effort !== undefined) body.thinking ??= { type: effort === "none" ? "disabled" : "enabled" };
  return { ...body, model: request.model, messages: toMessages(request.messages), stream: true };
}

function refuseUnsupported(parameters: JsonObject): void {
  if ((asCount(parameters.n) ?? 1) > 1) throw unsupported("several choices ('n' above 1)");
  if (Object.keys(asObject(parameters.logit_bias) ?? {}).length > 0) throw unsupported("'logit_bias'");
  // Cohere's are of groups of tokens, which cannot be told apart.
  if (parameters.logprobs === true) throw unsupported("log probabilities of single tokens");
  if (asArray(parameters.modalities).some((modality) => modality !== "text") || asObject(parameters.audio)) {
    throw unsupported("output other than text");
  }
}

function addTools(parameters: JsonObject, body: Record<string, unknown>): void {
  const functions = asArray(parameters.functions).map((called) => ({ type: "function", function: called }));
  const tools = [...asArray(parameters.tools), ...functions].map((value) => {
    const tool = asObject(value);
    const called = asObject(tool?.function);
    if (tool?.type !== "function" || called === undefined) throw unsupported("tools that are no functions");
    return called;
  });
  const choice = parameters.tool_choice ?? parameters.function_call ?? "auto";
  if (tools.length === 0) return;
  if (parameters.parallel_tool_calls === false) throw unsupported("a limit of one tool call");
  // A named tool is had by leaving it no other choice.
  const named = asText(asObject(asObject(choice)?.function)?.name) ?? asText(asObject(choice)?.name);
  const offered = named === undefined ? tools : tools.filter(({ name }) => name === named);
  if (offered.some(({ strict }) => strict === true)) body.strict_tools = true;
  body.tools = offered.map(({ strict: _, ...called }) => ({ type: "function", function: called }));
  if (named !== undefined || choice === "required") body.tool_choice = "REQUIRED";
  else if (choice === "none") body.tool_choice = "NONE";
}

function toFormat(value: unknown): JsonObject | undefined {
  const format = asObject(value);
  switch (format?.type) {
    case undefined:
    case "text":
      return undefined;
    case "json_object":
      return { type: "json_object" };
    case "json_schema":
      return { type: "json_object", json_schema: asObject(format?.json_schema)?.schema };
    default:
      throw unsupported(`the response format '${asText(format?.type)?.slice(0, 50)}'`);
  }
}
