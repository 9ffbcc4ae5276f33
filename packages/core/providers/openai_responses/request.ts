import { asArray, asCount, asObject, asText, type JsonObject } from "../_json.ts";
import { unsupported } from "../http/mod.ts";
import type { ProviderRequest } from "../provider.ts";
import { toInput } from "./input.ts";
import { toTextOptions } from "./text_options.ts";
import { toToolChoice, toTools } from "./tools.ts";

/** Names of the ceiling of output tokens. */
const CEILINGS = ["max_output_tokens", "max_tokens", "max_completion_tokens"];
/** Fields that are translated, that are ours, or that ask for what is done anyway. */
const TRANSLATED = new Set([
  ...CEILINGS,
  ...["model", "messages", "input", "instructions", "stream", "store", "stream_options", "include"],
  ...["tools", "tool_choice", "functions", "function_call", "response_format", "verbosity", "text"],
  ...["reasoning_effort", "reasoning", "logprobs", "n", "stop", "seed", "presence_penalty", "frequency_penalty"],
  ...["logit_bias", "modalities", "audio", "prediction", "web_search_options"],
]);
const ENCRYPTED = "reasoning.encrypted_content";
const LOGPROBS = "message.output_text.logprobs";
/** OpenAI's models that do not reason: they refuse to be asked for encrypted reasoning. */
const WITHOUT_REASONING = /(^|\/)(gpt-3\.5|gpt-4|chatgpt-4o|gpt-5(\.\d+)?-chat)/;

/**
 * The body of the request in the vocabulary of responses; unknown fields pass through.
 *
 * @see https://platform.openai.com/docs/api-reference/responses/create
 * @throws {UpstreamError} If the request asks for something that this dialect lacks.
 */
export function buildRequestBody(request: ProviderRequest): Record<string, unknown> {
  const { parameters, model } = request;
  refuseUnsupported(parameters);
  const body: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(parameters)) if (!TRANSLATED.has(field)) body[field] = value;
  Object.assign(body, { model, ...toInput(request.messages, asText(parameters.instructions)) });
  Object.assign(body, { stream: true, store: false });
  const tools = toTools(parameters);
  if (tools.length > 0) {
    body.tools = tools;
    const choice = toToolChoice(parameters);
    if (choice !== undefined) body.tool_choice = choice;
  }
  const text = toTextOptions(parameters);
  if (text !== undefined) body.text = text;
  const reasoning = toReasoning(parameters);
  if (reasoning !== undefined) body.reasoning = reasoning;
  const limit = ceilingOf(request);
  if (limit !== undefined) body.max_output_tokens = limit;
  const include = toInclude(parameters, model);
  if (include.length > 0) body.include = include;
  const streamOptions = toStreamOptions(parameters.stream_options);
  if (streamOptions !== undefined) body.stream_options = streamOptions;
  return body;
}

function refuseUnsupported(parameters: JsonObject): void {
  if ((asCount(parameters.n) ?? 1) > 1) throw unsupported("several choices ('n' above 1)");
  if (asText(parameters.stop) !== undefined || asArray(parameters.stop).length > 0) throw unsupported("'stop'");
  for (const field of ["presence_penalty", "frequency_penalty"]) {
    // Zero is no penalty.
    if (typeof parameters[field] === "number" && parameters[field] !== 0) throw unsupported(`'${field}'`);
  }
  if (Object.keys(asObject(parameters.logit_bias) ?? {}).length > 0) throw unsupported("'logit_bias'");
  if (typeof parameters.seed === "number") throw unsupported("'seed'");
  if (asObject(parameters.web_search_options)) throw unsupported("'web_search_options'");
  if (asArray(parameters.modalities).some((modality) => modality !== "text") || asObject(parameters.audio)) {
    throw unsupported("output other than text");
  }
}

/** The effort with a summary of the reasoning, which is shown only when asked for; the caller's own `reasoning` wins. */
function toReasoning(parameters: JsonObject): JsonObject | undefined {
  const own = asObject(parameters.reasoning);
  const effort = asText(parameters.reasoning_effort);
  if (effort === undefined) return own;
  return { effort, ...(effort === "none" ? {} : { summary: "auto" }), ...own };
}

/** The smallest of the caller's limits and ours. */
function ceilingOf({ parameters, maxOutputTokens }: ProviderRequest): number | undefined {
  const limits = [...CEILINGS.map((field) => asCount(parameters[field])), maxOutputTokens];
  const given = limits.filter((limit) => limit !== undefined);
  return given.length > 0 ? Math.min(...given) : undefined;
}

function toInclude(parameters: JsonObject, model: string): string[] {
  const include = new Set(asArray(parameters.include).filter((field) => typeof field === "string"));
  // What is not stored at the provider must be brought back by the caller, or the model forgets why it called a tool.
  if (!WITHOUT_REASONING.test(model)) include.add(ENCRYPTED);
  if (parameters.logprobs === true) include.add(LOGPROBS);
  return [...include];
}

/** The usage always comes, so that asking for it is an unknown field. */
function toStreamOptions(value: unknown): JsonObject | undefined {
  const { include_usage: _, ...options } = asObject(value) ?? {};
  return Object.keys(options).length > 0 ? options : undefined;
}
