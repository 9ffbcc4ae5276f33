import type { Resilience } from "@cogniforge/core/engine";
import { createResilience } from "@cogniforge/core/engine";
import type { HedgeLimits } from "@cogniforge/core/resilience";
import { systemClock } from "@cogniforge/core/resilience";
import type { Logger } from "../log.ts";
import type { Replicas } from "../stores/mod.ts";

export interface ShareResilienceOptions {
  hedging: HedgeLimits;
  replicas: Pick<Replicas, "tell">;
  log: Logger;
}

/** Makes what all answers share of circuit breakers and budgets; what a breaker learns here, other replicas are told. */
export function shareResilience({ hedging, replicas, log }: ShareResilienceOptions): Resilience {
  const resilience = createResilience(systemClock);
  resilience.hedges.limit(hedging);
  resilience.breakers.onChange(({ provider, model, from, state, lastFailure }) =>
    log.warn({ provider, model, from, state, code: lastFailure?.code }, "A circuit breaker changed"),
  );
  resilience.breakers.spreadTo((news) => replicas.tell("breaker", news));
  return resilience;
}
