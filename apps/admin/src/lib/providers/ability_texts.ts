import type { TargetStatus } from "#lib/api/console_api.ts";
import { m } from "#lib/paraglide/messages.js";

const TEXTS = {
  tools: m.ability_tools,
  images: m.ability_images,
  structuredOutput: m.ability_structured_output,
  reasoning: m.ability_reasoning,
  logprobs: m.ability_logprobs,
  prefill: m.ability_prefill,
} as const;

/** What a model can do, as far as it is known; what it cannot, and what is not known, is left out. */
export function abilityTexts(abilities: TargetStatus["abilities"] = {}): string[] {
  return (Object.keys(TEXTS) as (keyof typeof TEXTS)[]).flatMap((name) => (abilities[name] ? TEXTS[name]() : []));
}
