import { abilitiesOf as knownAbilities, presetAt } from "@cogniforge/core/providers";
import type { ModelAbilities, TargetStatus } from "../../services.ts";

const TRIAL: ModelAbilities = {
  streaming: true,
  tools: false,
  images: false,
  structuredOutput: false,
  logprobs: false,
  prefill: false,
};

/** What is known of a target: by its model's family, by its provider's address, and by what its status says of it. */
export function abilitiesOf({ isTrial, model, baseUrl, abilities }: TargetStatus): ModelAbilities {
  if (isTrial) return { ...TRIAL, ...abilities };
  const preset = baseUrl !== undefined && URL.canParse(baseUrl) ? presetAt(new URL(baseUrl)) : undefined;
  return { streaming: true, ...knownAbilities(preset, model), ...abilities };
}

/** What can be asked of a route, whichever of its targets answers: what they all agree on. */
export function commonAbilities(all: readonly ModelAbilities[]): ModelAbilities {
  const [first = {}, ...others] = all;
  const agreed = Object.entries(first).filter(([name, value]) =>
    others.every((other) => other[name as keyof ModelAbilities] === value),
  );
  return Object.fromEntries(agreed);
}
