import type { Usage } from "../../events/mod.ts";
import { asCount, asObject, type JsonObject } from "../_json.ts";

/** What one report of an upstream says; absent means that it says nothing about it. */
export interface UsageReport {
  usage: Usage | undefined;
  /** In US dollars. */
  cost: number | undefined;
}

/** Finds the usage of a chunk or an answer wherever its provider puts it, and reads it. */
export function readUsage(chunk: JsonObject, choice?: JsonObject): UsageReport | undefined {
  // At the top, in Groq's own field, in the choice (Moonshot), or in what it holds.
  const places = [chunk, asObject(chunk.x_groq), choice, asObject(choice?.delta), asObject(choice?.message)];
  const raw = places.map((place) => asObject(place?.usage)).find((usage) => usage !== undefined);
  if (raw === undefined) return undefined;
  const usage: Usage = {};
  const inputTokens = countOf(raw, "prompt_tokens", "input_tokens", "promptTokens");
  if (inputTokens !== undefined) usage.inputTokens = inputTokens;
  const cachedInputTokens =
    asCount((asObject(raw.prompt_tokens_details) ?? asObject(raw.input_tokens_details))?.cached_tokens) ??
    asCount(raw.prompt_cache_hit_tokens) ?? // DeepSeek
    asCount(raw.cached_tokens); // Together, Moonshot
  if (cachedInputTokens !== undefined) usage.cachedInputTokens = cachedInputTokens;
  const reasoningTokens =
    asCount((asObject(raw.completion_tokens_details) ?? asObject(raw.output_tokens_details))?.reasoning_tokens) ??
    asCount(raw.reasoning_tokens);
  if (reasoningTokens !== undefined) usage.reasoningTokens = reasoningTokens;
  const outputTokens = readOutputTokens(raw, inputTokens, reasoningTokens);
  if (outputTokens !== undefined) usage.outputTokens = outputTokens;
  return { usage: Object.keys(usage).length > 0 ? usage : undefined, cost: readCost(raw) };
}

function readOutputTokens(raw: JsonObject, input: number | undefined, reasoning: number | undefined) {
  const output = countOf(raw, "completion_tokens", "output_tokens", "completionTokens");
  if (output === undefined) return undefined;
  // xAI counts reasoning beside the completion; only the total tells.
  const isBeside = reasoning !== undefined && reasoning > 0 && raw.total_tokens === (input ?? 0) + output + reasoning;
  return isBeside ? output + reasoning : output;
}

/** https://docs.x.ai/developers/cost-tracking */
const TICKS_PER_USD = 10_000_000_000;

/** OpenRouter and Vercel state a number, Perplexity an object with the total, xAI what it charged in ticks. */
function readCost({ cost, cost_in_usd_ticks: ticks }: JsonObject): number | undefined {
  const stated = asCount(cost) ?? asCount(asObject(cost)?.total_cost);
  if (stated !== undefined) return stated;
  const count = asCount(ticks) ?? 0;
  // Others that serve xAI's models pass the field on with 0.
  return count > 0 ? count / TICKS_PER_USD : undefined;
}

/** The first of the fields that holds a count. */
function countOf(raw: JsonObject, ...fields: readonly string[]): number | undefined {
  return fields.map((field) => asCount(raw[field])).find((count) => count !== undefined);
}
