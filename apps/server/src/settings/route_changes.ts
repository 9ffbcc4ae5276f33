import type { RouteSettings, RouteValue } from "../config/mod.ts";
import { ROUTE_VALUES } from "../config/mod.ts";

/** A value of a route, for people: targets as `provider/model`, in their order. */
export type ShownValue = string | number | readonly string[] | null;

/** One value that was changed; absent means that it follows the configuration. */
export interface RouteChange {
  field: RouteValue;
  from?: ShownValue;
  to?: ShownValue;
}

/** What differs between two settings of a route; `null` for a route that follows the configuration wholly. */
export function routeChanges(from: RouteSettings | null, to: RouteSettings | null): RouteChange[] {
  return ROUTE_VALUES.flatMap((field) => {
    const [before, after] = [shown(from, field), shown(to, field)];
    if (JSON.stringify(before) === JSON.stringify(after)) return [];
    return { field, ...(before !== undefined && { from: before }), ...(after !== undefined && { to: after }) };
  });
}

function shown(settings: RouteSettings | null, field: RouteValue): ShownValue | undefined {
  const { targets, timeouts, maxRetries, hedgeAfterMs, onCut } = settings ?? {};
  switch (field) {
    case "targets":
      return targets?.map(({ provider, model }) => `${provider}/${model}`);
    case "timeouts.connectMs":
      return timeouts?.connectMs;
    case "timeouts.firstTokenMs":
      return timeouts?.firstTokenMs;
    case "timeouts.idleMs":
      return timeouts?.idleMs;
    case "timeouts.totalMs":
      return timeouts?.totalMs;
    case "maxRetries":
      return maxRetries;
    case "hedgeAfterMs":
      return hedgeAfterMs;
    case "onCut":
      return onCut;
    default:
      return field satisfies never;
  }
}
