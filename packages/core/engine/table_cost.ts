import type { Cost, Usage } from "../events/mod.ts";
import { costOf } from "../metrics/mod.ts";
import type { ProviderRequest } from "../providers/mod.ts";
import type { Target } from "./route.ts";

/** What an upstream reported of an attempt. */
export interface Report {
  usage: Usage | undefined;
  modelReported: string | undefined;
}

/**
 * What an attempt cost by its target's prices, or `undefined` where that is not known.
 *
 * A trial answer costs nothing, and says nothing of it.
 */
export function tableCost(
  { provider, priceOf }: Target,
  request: Pick<ProviderRequest, "messages" | "parameters">,
  { usage, modelReported }: Report,
): Cost | undefined {
  if (usage === undefined || priceOf === undefined || provider.isTrial || !isPaidByToken(request)) return undefined;
  const price = priceOf(modelReported);
  return price && costOf(usage, price);
}

/** Tiers of service at which the ordinary prices hold, by OpenAI, Groq and Anthropic. */
const ORDINARY_TIERS: readonly unknown[] = [
  undefined,
  null,
  "auto",
  "default",
  "standard",
  "standard_only",
  "on_demand",
];

/** Whether tokens of text at ordinary prices are all that is paid for: no faster or slower service, no search, no audio. */
function isPaidByToken({ messages, parameters }: Pick<ProviderRequest, "messages" | "parameters">): boolean {
  const { service_tier: tier, speed, tools, web_search_options: search, modalities } = parameters;
  if (!ORDINARY_TIERS.includes(tier) || speed === "fast" || isGiven(search)) return false;
  if (Array.isArray(modalities) && modalities.includes("audio")) return false;
  if (Array.isArray(tools) && tools.some(isRunByProvider)) return false;
  return !messages.some(({ content }) => Array.isArray(content) && content.some(({ type }) => type === "input_audio"));
}

/** Tools that the provider runs itself have a price for each call. */
function isRunByProvider(tool: unknown): boolean {
  const type = (tool as { type?: unknown } | null)?.type;
  return isGiven(type) && type !== "function" && type !== "custom";
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
