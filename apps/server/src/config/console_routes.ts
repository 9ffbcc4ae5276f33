import type { Config, RouteConfig, RouteOrigin, TargetConfig } from "./config.ts";
import type { ParsedConfigFile } from "./file_schema.ts";
import { deepFreeze, toRecord } from "./frozen.ts";
import { mergeTimeouts } from "./policy.ts";
import { overlay } from "./route_origins.ts";
import { DEFAULT_ROUTE } from "./routes.ts";

type FileRoute = NonNullable<ParsedConfigFile["routes"]>[string];

/** What the console sets for a route, as the file would; what is absent follows the configuration below. */
export interface RouteSettings extends Omit<FileRoute, "targets"> {
  targets: TargetConfig[];
}

/** Why a route is the configuration's alone. */
export type ReadOnlyReason = "file" | "forced-mock";

/** Why the console may not change a route, or `undefined` if it may. */
export function readOnlyReason(config: Config, name: string): ReadOnlyReason | undefined {
  if (config.isMockForced) return "forced-mock";
  return config.routeOrigins[name]?.route === "file" ? "file" : undefined;
}

/**
 * Whether what is set for a route waits for better times: none of its targets can be asked, and the configuration has one that
 * can. A key that was taken out of the environment must not silence a server that has another one.
 */
export function isDormant(config: Config, name: string, { targets }: RouteSettings): boolean {
  const canBeAsked = ({ provider }: TargetConfig) => config.providers[provider]?.isUsable === true;
  return !targets.some(canBeAsked) && baseRoute(config, name).targets.some(canBeAsked);
}

/**
 * Lays what the console set over a loaded configuration. The file is the master: a route that it gives stays as it is, and so does
 * everything while the mock is forced.
 *
 * @param settings By the route's name; a name that the configuration does not have is a route of the console's own, with the
 * limits of the default route.
 */
export function layerRoutes(config: Config, settings: ReadonlyMap<string, RouteSettings>): Config {
  const layered = [...settings].filter(
    ([name, given]) => readOnlyReason(config, name) === undefined && !isDormant(config, name, given),
  );
  if (layered.length === 0) return config;
  const routes = layered.map(([name, given]): [string, RouteConfig] => [name, layerRoute(config, name, given)]);
  const origins = layered.map(([name, given]): [string, RouteOrigin] => [name, layerOrigin(config, name, given)]);
  return deepFreeze({
    ...config,
    routes: toRecord([...Object.entries(config.routes), ...routes]),
    routeOrigins: toRecord([...Object.entries(config.routeOrigins), ...origins]),
  });
}

/** The route that the configuration gives, or, for a name that it does not have, the limits of its default route. */
export function baseRoute({ routes }: Config, name: string): RouteConfig {
  const base = routes[DEFAULT_ROUTE];
  // Whoever loads a configuration sees to it that there is one.
  if (base === undefined)
    throw new TypeError(`Cannot read the route '${name}' as there is no route '${DEFAULT_ROUTE}'`);
  return routes[name] ?? { ...base, name, targets: [], hedgeAfterMs: null };
}

function layerRoute(config: Config, name: string, given: RouteSettings): RouteConfig {
  const base = baseRoute(config, name);
  const hedgeAfterMs = given.hedgeAfterMs === undefined ? base.hedgeAfterMs : given.hedgeAfterMs;
  return {
    name,
    targets: given.targets,
    timeouts: mergeTimeouts(base.timeouts, given.timeouts ?? {}),
    maxRetries: given.maxRetries ?? base.maxRetries,
    // Extreme mode pays for long answers only once.
    hedgeAfterMs: config.isExtreme ? null : hedgeAfterMs,
    onCut: given.onCut ?? base.onCut,
  };
}

function layerOrigin({ routeOrigins }: Config, name: string, given: RouteSettings): RouteOrigin {
  const own = routeOrigins[name];
  const values = (own ?? routeOrigins[DEFAULT_ROUTE])?.values;
  return { route: own?.route ?? "console", values: overlay(values, given, "console") };
}
