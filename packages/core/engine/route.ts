import type { Policy, TargetName, Timeouts } from "../events/mod.ts";
import type { Price } from "../metrics/mod.ts";
import type { Provider } from "../providers/mod.ts";

/** Provider and model (with the provider's credentials): what an attempt calls. */
export interface Target {
  provider: Provider;
  model: string;
  /** What its tokens cost, for an upstream that does not say so itself; by the model's name as the upstream gave it, if it did. */
  priceOf?: (modelReported: string | undefined) => Price | undefined;
}

/** A named, ordered list of targets with its policy. */
export interface Route {
  name: string;
  targets: readonly Target[];
  timeouts: Timeouts;
  /** Retries per target before falling back. */
  maxRetries: number;
  /** Milliseconds without a sign of an answer after which the next target is asked too; `null` for never. */
  hedgeAfterMs: number | null;
  onCut: "continue" | "fail";
  /** Whether the model is asked to go on when it used up its ceiling of tokens; absent means that this ends the answer. */
  goesPastLength?: boolean;
}

/** Finds a route by its name, or by `provider/model`; `undefined` if there is none. */
export type RouteResolver = (name: string) => Route | undefined;

/** A target's name, without its credentials. */
export function nameOf({ provider, model }: Target): TargetName {
  return { provider: provider.name, model };
}

/** The route's policy as `answer-start` tells it. */
export function policyOf(route: Route): Policy {
  const { targets, timeouts, maxRetries, hedgeAfterMs, onCut } = route;
  const hedge = hedgeAfterMs === null ? {} : { hedgeAfterMs };
  return { targets: targets.map(nameOf), timeouts, maxRetries, ...hedge, onCut };
}
