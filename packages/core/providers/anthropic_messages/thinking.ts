import { asCount, asObject, asText, type JsonObject, lookUp } from "../_json.ts";
import type { ModelTraits } from "./claude_model.ts";

/** The least that a model may be given to think with. */
const MIN_BUDGET = 1024;
/** Part of the answer's tokens that an effort may spend on thinking, as OpenRouter shares them out. */
const SHARE_OF_EFFORT: Readonly<Record<string, number>> = {
  minimal: 0.1,
  low: 0.2,
  medium: 0.5,
  high: 0.8,
  xhigh: 0.9,
  max: 0.9,
};
/** At most so much of the answer's tokens is thought away, so that some are left to answer with. */
const MAX_SHARE = 0.9;

/** What is asked of the model's thinking. */
export interface ThinkingPlan {
  thinking: JsonObject | undefined;
  /** Anthropic's word for the effort. */
  effort: string | undefined;
  isOn: boolean;
  maxTokens: number;
}

export interface ThinkingOptions {
  traits: ModelTraits;
  /** Ceiling of the whole answer, thinking included. */
  maxTokens: number;
  /** Whether the ceiling is ours and may be raised for a budget that the caller names. */
  isDefault: boolean;
  /** Whether the request allows no thinking at all: it begins the model's message for it, or forces a tool on it. */
  mustBeOff: boolean;
  /** Whether tools have answered a turn whose reasoning is not given back, which only a fixed budget is refused for. */
  lacksReasoning: boolean;
}

/** What the caller wishes for, in any of the vocabularies. */
interface Wish {
  isOff?: boolean;
  effort?: string | undefined;
  budget?: number | undefined;
  isHidden?: boolean;
  /** Anthropic's own field, as it was given. */
  native?: JsonObject;
}

/**
 * Plans the model's thinking from `thinking` (Anthropic), `reasoning` (OpenRouter) or `reasoning_effort` (OpenAI).
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/extended-thinking
 * @see https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking
 */
export function planThinking(parameters: JsonObject, options: ThinkingOptions): ThinkingPlan {
  const { traits, maxTokens, mustBeOff, lacksReasoning } = options;
  const wish = readWish(parameters);
  const off: ThinkingPlan = { thinking: undefined, effort: undefined, isOn: false, maxTokens };
  if (wish?.isOff || mustBeOff) {
    const mustSaySo = traits.thinksByDefault && traits.canStopThinking;
    return { ...off, thinking: mustSaySo ? { type: "disabled" } : undefined };
  }
  if (wish === undefined || traits.thinking === "none") return { ...off, isOn: traits.thinksByDefault };
  // A kind that is not known here.
  if (wish.native && wish.native.type !== "enabled" && wish.native.type !== "adaptive") {
    return { ...off, thinking: wish.native, isOn: true };
  }
  if (isAdaptive(wish, traits)) return { ...off, ...adaptive(wish, traits), isOn: true };
  if (lacksReasoning) return off;
  return withBudget(wish, options) ?? off;
}

function readWish(parameters: JsonObject): Wish | undefined {
  const native = asObject(parameters.thinking);
  const reasoning = asObject(parameters.reasoning);
  const effort = (asText(reasoning?.effort) ?? asText(parameters.reasoning_effort))?.toLowerCase();
  if (native !== undefined) {
    if (native.type === "disabled") return { isOff: true };
    return { native, effort, budget: asCount(native.budget_tokens), isHidden: native.display === "omitted" };
  }
  if (reasoning?.enabled === false || effort === "none") return { isOff: true };
  const budget = asCount(reasoning?.max_tokens);
  if (effort === undefined && budget === undefined && reasoning?.enabled !== true) return undefined;
  return { effort, budget, isHidden: reasoning?.exclude === true };
}

function isAdaptive({ budget, native }: Wish, { thinking }: ModelTraits): boolean {
  if (thinking === "adaptive") return true;
  return thinking === "budget-or-adaptive" && budget === undefined && native?.type !== "enabled";
}

function adaptive({ effort, isHidden, native }: Wish, { thinking }: ModelTraits): Partial<ThinkingPlan> {
  const isNewest = thinking === "adaptive";
  // The newest models say nothing of what they think unless they are asked to, and are silent for as long.
  const display = native?.display ?? (isHidden ? "omitted" : isNewest ? "summarized" : undefined);
  return {
    thinking: display === undefined ? { type: "adaptive" } : { type: "adaptive", display },
    effort: effortOf(effort, isNewest),
  };
}

/** `minimal` is OpenAI's word alone, `xhigh` is known to the newest models only; an unknown word is left to the default. */
function effortOf(effort: string | undefined, isNewest: boolean): string | undefined {
  if (effort === "minimal") return "low";
  if (effort === "xhigh") return isNewest ? "xhigh" : "high";
  return effort !== undefined && Object.hasOwn(SHARE_OF_EFFORT, effort) ? effort : undefined;
}

function withBudget(wish: Wish, { traits, maxTokens: ceiling, isDefault }: ThinkingOptions): ThinkingPlan | undefined {
  const { effort = "medium", budget: wanted, native } = wish;
  const raised = isDefault && wanted !== undefined ? wanted + ceiling : ceiling;
  const maxTokens = Math.max(ceiling, Math.min(raised, traits.maxOutputTokens ?? raised));
  let budget = wanted ?? Math.floor(maxTokens * (lookUp(SHARE_OF_EFFORT, effort) ?? 0.5));
  if (budget >= maxTokens) budget = Math.floor(maxTokens * MAX_SHARE);
  budget = Math.max(budget, MIN_BUDGET);
  // Too short an answer to think about.
  if (budget >= maxTokens) return undefined;
  const display = native?.display ?? (wish.isHidden ? "omitted" : undefined);
  const thinking = { type: "enabled", budget_tokens: budget, ...(display !== undefined && { display }) };
  return { thinking, effort: undefined, isOn: true, maxTokens };
}
