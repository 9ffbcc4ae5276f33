import { asArray, asCount, asObject, asText, type JsonObject, lookUp } from "../_json.ts";
import { unsupported } from "../http/mod.ts";
import type { ProviderRequest } from "../provider.ts";
import { type ModelTraits, traitsOf } from "./claude_model.ts";
import { lacksReasoning, type Turn, toConversation } from "./messages.ts";
import { JSON_TOOL, planJson } from "./response_format.ts";
import { planThinking } from "./thinking.ts";
import { isForced, planTools } from "./tools.ts";

/** Fields that are translated, or set by us. */
const TRANSLATED = [
  ...["model", "messages", "stream", "system", "max_tokens", "max_completion_tokens", "stop", "stop_sequences"],
  ...["temperature", "top_p", "top_k", "tools", "tool_choice", "parallel_tool_calls", "functions", "function_call"],
  ...["user", "safety_identifier", "metadata", "reasoning_effort", "reasoning", "thinking", "response_format"],
  ...["output_config", "service_tier"],
];
/** Fields that Anthropic would refuse and whose loss changes no more than the style or the price of an answer: hints. */
const DROPPED = [
  ...["stream_options", "seed", "frequency_penalty", "presence_penalty", "repetition_penalty", "min_p", "top_a"],
  ...["store", "prediction", "verbosity", "prompt_cache_key", "prompt_cache_retention", "include_reasoning"],
  ...["n", "logprobs", "top_logprobs", "logit_bias", "modalities"],
];
const OWN_FIELDS: ReadonlySet<string> = new Set([...TRANSLATED, ...DROPPED]);

/** Answers are rarely longer, and some hosts reserve all of it in their limits. */
const MAX_DEFAULT_TOKENS = 32_000;
/** What every model of this dialect can give. */
const SAFE_DEFAULT_TOKENS = 8192;

/** A request as it is sent. */
export interface MessagesRequest {
  body: Record<string, unknown>;
  /** The tool whose input is the answer's text, where one is forced on the model. */
  jsonTool: string | undefined;
}

export interface RequestOptions {
  /** Ceiling of output tokens where the request has none, which this dialect must have; by default one that suits the model. */
  defaultMaxTokens?: number | undefined;
}

/**
 * Translates a request from OpenAI's chat vocabulary into the Messages API's; fields that nobody knows pass through.
 *
 * @see https://platform.claude.com/docs/en/api/messages
 * @throws {UpstreamError} If it asks for something that this dialect lacks.
 */
export function buildRequest(request: ProviderRequest, { defaultMaxTokens }: RequestOptions = {}): MessagesRequest {
  const parameters = withoutNull(request.parameters);
  refuseMissing(parameters);
  const traits = traitsOf(request.model);
  const { system, turns } = toConversation(request.messages);
  const isContinued = request.prefill !== undefined;
  if (isContinued) addPrefill(turns, request.prefill);
  else if (!traits.acceptsPrefill && endsInOwnText(turns, traits)) {
    throw unsupported("an assistant's message to go on from, with this model");
  }

  const own = planTools(parameters, turns, traits);
  // A model that goes on in its own message cannot be held to a format: what it has begun shows it the way.
  const json = isContinued ? {} : planJson(parameters.response_format, own, traits);
  const { tools, choice } = json.plan ?? own;
  const limit = limitOf(request, parameters);
  const plan = planThinking(parameters, {
    traits,
    maxTokens: limit ?? defaultLimit(traits, defaultMaxTokens),
    isDefault: limit === undefined,
    mustBeOff: isContinued || isForced(choice),
    lacksReasoning: lacksReasoning(turns),
  });

  const body: Record<string, unknown> = Object.fromEntries(
    Object.entries(parameters).filter(([field]) => !OWN_FIELDS.has(field)),
  );
  body.model = request.model;
  body.max_tokens = plan.maxTokens;
  const instructions = [...toSystemBlocks(parameters.system), ...system];
  if (instructions.length > 0) body.system = instructions;
  body.messages = turns;
  body.stream = true;
  if (tools.length > 0) body.tools = tools;
  if (tools.length > 0 && choice !== undefined) body.tool_choice = choice;
  if (plan.thinking !== undefined) body.thinking = plan.thinking;
  addSampling(body, parameters, traits, plan.isOn);
  const stops = stopSequencesOf(parameters);
  if (stops.length > 0) body.stop_sequences = stops;
  const output = {
    ...(plan.effort !== undefined && { effort: plan.effort }),
    ...(json.format !== undefined && { format: json.format }),
    ...asObject(parameters.output_config),
  };
  if (Object.keys(output).length > 0) body.output_config = output;
  addCaller(body, parameters);
  return { body, jsonTool: json.plan === undefined ? undefined : JSON_TOOL };
}

/** Clients write null where they mean nothing. */
function withoutNull(parameters: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined));
}

function refuseMissing(parameters: JsonObject): void {
  if ((asCount(parameters.n) ?? 1) > 1) throw unsupported("several choices ('n' above 1)");
  if (parameters.logprobs === true || (asCount(parameters.top_logprobs) ?? 0) > 0) throw unsupported("'logprobs'");
  if (Object.keys(asObject(parameters.logit_bias) ?? {}).length > 0) throw unsupported("'logit_bias'");
  if (asArray(parameters.modalities).some((modality) => modality !== "text") || parameters.audio !== undefined) {
    throw unsupported("output other than text");
  }
  if (parameters.web_search_options !== undefined) throw unsupported("'web_search_options'");
}

/** Newer Claude models refuse it; of others nobody knows. A turn that waits for the provider's own tools is another matter. */
function endsInOwnText(turns: readonly Turn[], { isClaude }: ModelTraits): boolean {
  const last = turns.at(-1);
  if (!isClaude || last?.role !== "assistant") return false;
  return last.content.at(-1)?.type === "text" && last.content.every(({ type }) => type === "text");
}

function addPrefill(turns: Turn[], prefill: string | undefined): void {
  const block = { type: "text", text: prefill };
  const last = turns.at(-1);
  if (last?.role === "assistant") last.content.push(block);
  else turns.push({ role: "assistant", content: [block] });
}

/** The smallest of the ceilings that the caller and the engine have set. */
function limitOf({ maxOutputTokens }: ProviderRequest, parameters: JsonObject): number | undefined {
  const limits = [parameters.max_completion_tokens ?? parameters.max_tokens, maxOutputTokens].map(asCount);
  const given = limits.filter((limit) => limit !== undefined && limit > 0) as number[];
  return given.length > 0 ? Math.floor(Math.min(...given)) : undefined;
}

function defaultLimit({ maxOutputTokens }: ModelTraits, configured: number | undefined): number {
  return configured ?? Math.min(maxOutputTokens ?? SAFE_DEFAULT_TOKENS, MAX_DEFAULT_TOKENS);
}

function toSystemBlocks(system: unknown): readonly unknown[] {
  return typeof system === "string" ? [{ type: "text", text: system }] : asArray(system);
}

/** Anthropic's temperature ends at 1; while a model thinks, and with the newest ones always, there is nothing to set. */
function addSampling(body: Record<string, unknown>, parameters: JsonObject, traits: ModelTraits, isThinking: boolean) {
  if (!traits.takesSampling) return;
  const temperature = asCount(parameters.temperature);
  const topP = asCount(parameters.top_p);
  if (isThinking) {
    if (topP !== undefined && topP >= 0.95 && topP <= 1) body.top_p = topP;
    return;
  }
  if (temperature !== undefined) body.temperature = Math.min(temperature, 1);
  if (topP !== undefined && (temperature === undefined || traits.takesTemperatureWithTopP)) body.top_p = topP;
  if (parameters.top_k !== undefined) body.top_k = parameters.top_k;
}

function stopSequencesOf({ stop, stop_sequences }: JsonObject): string[] {
  const given = [...(typeof stop === "string" ? [stop] : asArray(stop)), ...asArray(stop_sequences)];
  const sequences = given.filter((sequence) => typeof sequence === "string" && sequence !== "") as string[];
  if (sequences.some((sequence) => sequence.trim() === "")) throw unsupported("a stop sequence of nothing but blanks");
  return [...new Set(sequences)];
}

const SERVICE_TIERS: Readonly<Record<string, string>> = {
  auto: "auto",
  priority: "auto",
  default: "standard_only",
  standard_only: "standard_only",
};

/** Of `metadata` Anthropic takes the user alone. */
function addCaller(body: Record<string, unknown>, parameters: JsonObject): void {
  const own = asText(asObject(parameters.metadata)?.user_id);
  const user = own ?? asText(parameters.user) ?? asText(parameters.safety_identifier);
  if (user !== undefined) body.metadata = { user_id: user };
  const tier = lookUp(SERVICE_TIERS, asText(parameters.service_tier) ?? "");
  if (tier !== undefined) body.service_tier = tier;
}
