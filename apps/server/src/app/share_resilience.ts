import type { Resilience } from "@cogniforge/core/engine";
import { createResilience } from "@cogniforge/core/engine";
import type { HedgeLimits } from "@cogniforge/core/resilience";
import { systemClock } from "@cogniforge/core/resilience";
import type { Logger } from "../log.ts";
import type { Stores } from "../stores/mod.ts";

export interface ShareResilienceOptions {
  hedging: HedgeLimits;
  stores: Pick<Stores, "replicas" | "breakers">;
  log: Logger;
}

/** Makes what all answers share of circuit breakers and budgets; what a breaker learns here, other replicas learn, now or when they start. */
export function shareResilience({ hedging, stores, log }: ShareResilienceOptions): Resilience {
  const resilience = createResilience(systemClock);
  resilience.hedges.limit(hedging);
  resilience.breakers.onChange(({ provider, model, from, state, lastFailure }) =>
    log.warn({ provider, model, from, state, code: lastFailure?.code }, "A circuit breaker changed"),
  );
  resilience.breakers.spreadTo((news) => {
    stores.replicas.tell("breaker", news);
    stores.breakers
      .note(news)
      .catch((error: unknown) => log.warn({ err: error }, "A circuit breaker could not be noted for other replicas"));
  });
  return resilience;
}
