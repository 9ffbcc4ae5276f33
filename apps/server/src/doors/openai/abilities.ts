import type { ModelAbilities, TargetStatus } from "../../services.ts";

const TRIAL: ModelAbilities = {
  streaming: true,
  tools: false,
  images: false,
  structuredOutput: false,
  logprobs: false,
  prefill: false,
};

/** What is known of a target: by its dialect, and by what its status says of it. */
export function abilitiesOf({ isTrial, abilities }: TargetStatus): ModelAbilities {
  return { streaming: true, ...(isTrial && TRIAL), ...abilities };
}

/** What can be asked of a route, whichever of its targets answers: what they all agree on. */
export function commonAbilities(all: readonly ModelAbilities[]): ModelAbilities {
  const [first = {}, ...others] = all;
  const agreed = Object.entries(first).filter(([name, value]) =>
    others.every((other) => other[name as keyof ModelAbilities] === value),
  );
  return Object.fromEntries(agreed);
}
