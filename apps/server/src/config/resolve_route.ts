import type { Config, RouteConfig } from "./config.ts";
import { DEFAULT_ROUTE } from "./routes.ts";

/**
 * The route that a caller's `model` names: a route's name, or `provider/model`, where everything before the first slash is the provider.
 *
 * A single target keeps the default route's limits, without hedging. `undefined` where nothing has that name.
 */
export function resolveRoute(config: Config, name: string): RouteConfig | undefined {
  if (Object.hasOwn(config.routes, name)) return config.routes[name];
  const slash = name.indexOf("/");
  if (slash < 1 || slash === name.length - 1) return undefined;
  const provider = name.slice(0, slash);
  const base = config.routes[DEFAULT_ROUTE];
  if (base === undefined || !Object.hasOwn(config.providers, provider)) return undefined;
  const targets = config.isMockForced ? base.targets : [{ provider, model: name.slice(slash + 1) }];
  return { ...base, name, targets, hedgeAfterMs: null };
}
