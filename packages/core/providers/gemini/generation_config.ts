import { asArray, asCount, asObject, asText, type JsonObject } from "../_json.ts";
import type { ProviderRequest } from "../provider.ts";
import type { ModelFacts } from "./model.ts";
import { toThinkingConfig } from "./thinking.ts";
import { unsupported } from "./unsupported.ts";

/** Fields that mean the same and differ in name. */
const SAME: Readonly<Record<string, string>> = {
  temperature: "temperature",
  top_p: "topP",
  top_k: "topK",
  seed: "seed",
  presence_penalty: "presencePenalty",
  frequency_penalty: "frequencyPenalty",
};

/**
 * Translates the parameters that say how to generate.
 *
 * @throws {UpstreamError} If one asks for what Gemini cannot do.
 */
export function toGenerationConfig({ parameters, maxOutputTokens }: ProviderRequest, model: ModelFacts): JsonObject {
  const config: Record<string, unknown> = {};
  for (const [name, own] of Object.entries(SAME)) if (isSet(parameters[name])) config[own] = parameters[name];
  const stops = asText(parameters.stop) ?? parameters.stop;
  if (isSet(stops) && stops !== "") config.stopSequences = typeof stops === "string" ? [stops] : stops;
  const ceilings = [maxOutputTokens, asCount(parameters.max_tokens), asCount(parameters.max_completion_tokens)];
  const ceiling = Math.min(...ceilings.filter((count) => count !== undefined));
  if (Number.isFinite(ceiling)) config.maxOutputTokens = ceiling;
  if (parameters.logprobs === true) {
    config.responseLogprobs = true;
    if (isSet(parameters.top_logprobs)) config.logprobs = parameters.top_logprobs;
  }
  Object.assign(config, toResponseFormat(parameters.response_format), toModalities(parameters.modalities));
  const thinkingConfig = toThinkingConfig(parameters, model);
  if (thinkingConfig !== undefined) config.thinkingConfig = thinkingConfig;
  refuseSeveral(parameters.n);
  return config;
}

function toResponseFormat(value: unknown): JsonObject {
  const format = asObject(value);
  if (format === undefined || format.type === "text") return {};
  if (format.type === "json_object") return { responseMimeType: "application/json" };
  if (format.type !== "json_schema") throw unsupported(`The response format '${String(format.type).slice(0, 40)}'`);
  const schema = asObject((asObject(format.json_schema) ?? format).schema);
  return { responseMimeType: "application/json", ...(schema !== undefined && { responseJsonSchema: schema }) };
}

/** Text alone: there is no part of an answer that holds an image or a sound. */
function toModalities(value: unknown): JsonObject {
  const other = asArray(value).find((modality) => modality !== "text");
  if (other !== undefined) throw unsupported(`The modality '${String(other).slice(0, 40)}'`);
  return {};
}

function refuseSeveral(n: unknown): void {
  if (typeof n === "number" && n > 1) throw unsupported("More than one answer at once ('n')");
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
