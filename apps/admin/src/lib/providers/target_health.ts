import type { BreakerStatus, RouteStatus } from "#lib/api/console_api.ts";

/** How one target does. */
export interface TargetHealth {
  provider: string;
  /** Absent where every model of the provider is meant. */
  model: string | undefined;
  state: BreakerStatus["state"];
  /** Whether the state is that of the provider's key, and so of all its models. */
  isOfKey: boolean;
  lastFailure: BreakerStatus["lastFailure"];
  /** While open: when it is tried again, in epoch milliseconds on the server's clock. */
  retryAt: number | undefined;
}

const SEVERITY: Record<BreakerStatus["state"], number> = { closed: 0, "half-open": 1, open: 2 };

/**
 * How every usable target does, in the order of the routes, each once; then whatever else has a circuit breaker.
 *
 * A breaker that stands for a provider's key holds for all of its targets: the graver of both states is a target's.
 */
export function targetHealth(routes: readonly RouteStatus[], breakers: readonly BreakerStatus[]): TargetHealth[] {
  const rows = new Map<string, TargetHealth>();
  const keyOf = (provider: string, model: string | undefined) => JSON.stringify([provider, model]);
  for (const { provider, model, isUsable } of routes.flatMap(({ targets }) => targets)) {
    if (!isUsable || rows.has(keyOf(provider, model))) continue;
    const both = breakers.filter((one) => one.provider === provider && (one.model ?? model) === model);
    rows.set(keyOf(provider, model), healthOf({ provider, model }, both));
  }
  for (const breaker of breakers) {
    const { provider, model } = breaker;
    const isShown = [...rows.values()].some((row) => row.provider === provider && (model ?? row.model) === row.model);
    if (!isShown) rows.set(keyOf(provider, model), healthOf({ provider, model }, [breaker]));
  }
  return [...rows.values()];
}

function healthOf(target: Pick<TargetHealth, "provider" | "model">, breakers: readonly BreakerStatus[]): TargetHealth {
  const gravest = breakers.toSorted((a, b) => SEVERITY[b.state] - SEVERITY[a.state])[0];
  const failures = breakers.flatMap(({ lastFailure }) => lastFailure ?? []);
  return {
    ...target,
    state: gravest?.state ?? "closed",
    isOfKey: gravest !== undefined && gravest.state !== "closed" && gravest.model === undefined,
    lastFailure: failures.toSorted((a, b) => b.at - a.at)[0],
    retryAt: gravest?.retryAt,
  };
}
