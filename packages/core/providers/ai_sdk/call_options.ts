import { asArray, asCount, asObject, asText, type JsonObject, lookUp } from "../_json.ts";
import { unsupported } from "../http/mod.ts";
import type { ProviderRequest } from "../provider.ts";
import { type AiSdkModel, namespaceOf, type ProviderOptions } from "./model.ts";
import { toPrompt } from "./prompt.ts";

/** How hard the model is to think, in the words of the specification's fourth version. */
const EFFORTS: readonly unknown[] = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

/** Fields of a request that are translated here, or that say how it is to be answered: none is passed through. */
const OWN_FIELDS: ReadonlySet<string> = new Set([
  ...["model", "messages", "stream", "stream_options", "n", "max_tokens", "max_completion_tokens", "stop"],
  ...["temperature", "top_p", "top_k", "presence_penalty", "frequency_penalty", "seed", "response_format"],
  ...[
    "logprobs",
    "top_logprobs",
    "modalities",
    "audio",
    "tools",
    "tool_choice",
    "functions",
    "function_call",
    "reasoning_effort",
    "provider_options",
  ],
]);

const NUMBERS = {
  temperature: "temperature",
  top_p: "topP",
  top_k: "topK",
  presence_penalty: "presencePenalty",
  frequency_penalty: "frequencyPenalty",
  seed: "seed",
} as const;

/** Packages that know their own options in the SDK's way of writing alone; others send what they are given as it stands. */
const CAMEL_CASE: ReadonlySet<string> = new Set(["openai", "azure", "groq", "mistral"]);
const CAMEL_NAMES: Readonly<Record<string, string>> = {
  parallel_tool_calls: "parallelToolCalls",
  logit_bias: "logitBias",
  service_tier: "serviceTier",
  prompt_cache_key: "promptCacheKey",
  safety_identifier: "safetyIdentifier",
  verbosity: "textVerbosity",
};

/** What is known beside the request. */
export interface CallSettings {
  /** Given with every call, by the provider's name in the SDK. */
  providerOptions: ProviderOptions;
  signal: AbortSignal;
}

/**
 * The SDK's options for a call. Fields that the SDK has no word for are passed through as options of the model's own provider,
 * under the names that the caller gave them; `provider_options` is taken as the SDK's own.
 *
 * @throws {UpstreamError} If the request asks for something that the SDK has no word for.
 */
export function toCallOptions(
  request: ProviderRequest,
  model: AiSdkModel,
  { providerOptions, signal }: CallSettings,
): JsonObject {
  const { parameters } = request;
  refuseUnsupported(parameters);
  const version = model.specificationVersion;
  const options: Record<string, unknown> = { prompt: toPrompt(request, version), abortSignal: signal };
  for (const [field, own] of Object.entries(NUMBERS)) {
    const value = parameters[field];
    if (typeof value === "number") options[own] = value;
  }
  const ceiling = outputCeiling(request);
  if (ceiling !== undefined) options.maxOutputTokens = ceiling;
  const stop = typeof parameters.stop === "string" ? [parameters.stop] : asArray(parameters.stop);
  if (stop.length > 0) options.stopSequences = stop;
  const responseFormat = toResponseFormat(parameters.response_format);
  if (responseFormat !== undefined) options.responseFormat = responseFormat;
  Object.assign(options, toTools(parameters));
  const passed: Record<string, unknown> = {};
  const effort = parameters.reasoning_effort;
  if (version === "v4" && EFFORTS.includes(effort)) options.reasoning = effort;
  else if (effort !== undefined && effort !== null) passed.reasoningEffort = effort;
  const namespace = namespaceOf(model);
  for (const [field, value] of Object.entries(parameters)) {
    if (OWN_FIELDS.has(field)) continue;
    passed[CAMEL_CASE.has(namespace) ? (lookUp(CAMEL_NAMES, field) ?? field) : field] = value;
  }
  const merged = mergeOptions(providerOptions, { [namespace]: passed }, asObject(parameters.provider_options) ?? {});
  if (Object.keys(merged).length > 0) options.providerOptions = merged;
  return options;
}

function refuseUnsupported(parameters: JsonObject): void {
  if ((asCount(parameters.n) ?? 1) > 1) throw unsupported("several choices ('n' above 1)");
  if (parameters.logprobs === true) throw unsupported("log probabilities");
  if (asArray(parameters.modalities).some((modality) => modality !== "text") || asObject(parameters.audio)) {
    throw unsupported("output other than text");
  }
  const foreign = asArray(parameters.tools).find((tool) => asObject(tool)?.type !== "function");
  if (foreign !== undefined) throw unsupported("tools that are no functions");
}

/** A smaller limit of the caller's stays. */
function outputCeiling({ parameters, maxOutputTokens }: ProviderRequest): number | undefined {
  const limits = [maxOutputTokens, asCount(parameters.max_completion_tokens), asCount(parameters.max_tokens)];
  const given = limits.filter((limit) => limit !== undefined);
  return given.length === 0 ? undefined : Math.min(...given);
}

function toResponseFormat(value: unknown): JsonObject | undefined {
  const format = asObject(value);
  if (format?.type === "json_object") return { type: "json" };
  if (format?.type !== "json_schema") return undefined;
  const { name, description, schema } = asObject(format.json_schema) ?? {};
  return {
    type: "json",
    ...(asObject(schema) !== undefined && { schema }),
    ...(asText(name) !== undefined && { name }),
    ...(asText(description) !== undefined && { description }),
  };
}

function toTools(parameters: JsonObject): JsonObject {
  const declared = asArray(parameters.tools).map((tool) => asObject(asObject(tool)?.function));
  const legacy = asArray(parameters.functions).map(asObject);
  const functions = [...declared, ...legacy].filter((one) => asText(one?.name) !== undefined);
  if (functions.length === 0) return {};
  const tools = functions.map((one) => ({
    type: "function",
    name: one?.name,
    ...(asText(one?.description) !== undefined && { description: one?.description }),
    inputSchema: asObject(one?.parameters) ?? { type: "object", properties: {} },
    ...(typeof one?.strict === "boolean" && { strict: one.strict }),
  }));
  const toolChoice = toToolChoice(parameters.tool_choice ?? parameters.function_call);
  return toolChoice === undefined ? { tools } : { tools, toolChoice };
}

function toToolChoice(choice: unknown): JsonObject | undefined {
  if (choice === "auto" || choice === "none" || choice === "required") return { type: choice };
  const named = asObject(choice);
  const toolName = asText(asObject(named?.function)?.name) ?? asText(named?.name);
  return toolName === undefined ? undefined : { type: "tool", toolName };
}

/** The later wins, field by field. */
function mergeOptions(...all: readonly JsonObject[]): ProviderOptions {
  const merged: ProviderOptions = {};
  for (const options of all) {
    for (const [namespace, own] of Object.entries(options)) {
      if (Object.keys(asObject(own) ?? {}).length > 0) merged[namespace] = { ...merged[namespace], ...asObject(own) };
    }
  }
  return merged;
}
