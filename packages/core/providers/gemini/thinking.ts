import { asCount, asObject, asText, type JsonObject } from "../_json.ts";
import type { ModelFacts } from "./model.ts";

/**
 * Translates `reasoning_effort` and OpenRouter's `reasoning` to a `thinkingConfig`; `undefined` for a model that refuses one.
 *
 * Thoughts are asked for unless the caller wants none, also where nothing is said of reasoning: without them a model that thinks
 * for a minute looks like one that is silent. The steps are Google's own, from its OpenAI-compatible endpoint.
 *
 * @see https://ai.google.dev/gemini-api/docs/openai
 */
export function toThinkingConfig(parameters: JsonObject, model: ModelFacts): JsonObject | undefined {
  if (!model.canThink) return undefined;
  const reasoning = asObject(parameters.reasoning);
  const isOff = reasoning?.enabled === false;
  const effort = isOff ? "none" : (asText(reasoning?.effort) ?? asText(parameters.reasoning_effort));
  const includeThoughts = effort !== "none" && reasoning?.exclude !== true;
  const budget = isOff ? undefined : asCount(reasoning?.max_tokens);
  if (budget !== undefined) return { includeThoughts, thinkingBudget: budget };
  if (effort === undefined) return { includeThoughts };
  const isLater = (model.generation ?? 0) >= 3;
  const strength = isLater ? { thinkingLevel: levelOf(effort, model) } : { thinkingBudget: budgetOf(effort, model) };
  return Object.values(strength)[0] === undefined ? { includeThoughts } : { includeThoughts, ...strength };
}

function levelOf(effort: string, { isPro, generation }: ModelFacts): string | undefined {
  switch (effort) {
    // These models cannot be kept from thinking.
    case "none":
    case "minimal":
      return isPro ? "LOW" : "MINIMAL";
    case "low":
      return "LOW";
    case "medium":
      // The first of them knows two levels.
      return isPro && generation === 3 ? "HIGH" : "MEDIUM";
    case "high":
    case "xhigh":
    case "max":
      return "HIGH";
    default:
      return undefined;
  }
}

function budgetOf(effort: string, { isPro }: ModelFacts): number | undefined {
  switch (effort) {
    case "none":
      // The least that 2.5 Pro takes.
      return isPro ? 128 : 0;
    case "minimal":
    case "low":
      return 1024;
    case "medium":
      return 8192;
    case "high":
      return 24_576;
    case "xhigh":
    case "max":
      return isPro ? 32_768 : 24_576;
    default:
      return undefined;
  }
}
