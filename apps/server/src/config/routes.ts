import type { RouteConfig, TargetConfig } from "./config.ts";
import type { ConfigReport } from "./config_error.ts";
import type { ParsedConfigFile } from "./file_schema.ts";
import { type KnownProvider, MOCK_MODEL } from "./known_provider.ts";
import { mergeTimeouts, type Policy } from "./policy.ts";

export const DEFAULT_ROUTE = "default";

interface RouteOptions {
  /** All providers by name: the file's first, in its order, then those of the environment. */
  providers: ReadonlyMap<string, KnownProvider>;
  policy: Policy;
  isExtreme: boolean;
  /** Append the mock to the default route. */
  isMockAllowed: boolean;
}

/** Builds all routes, of which `default` always exists. */
export function buildRoutes(
  file: ParsedConfigFile | undefined,
  options: RouteOptions,
  report: ConfigReport,
): Map<string, RouteConfig> {
  const routes = new Map<string, RouteConfig>();
  const fileRoutes = file?.routes ?? {};
  routes.set(DEFAULT_ROUTE, { name: DEFAULT_ROUTE, targets: everyProvider(options.providers), ...options.policy });
  for (const [name, route] of Object.entries(fileRoutes)) {
    const targets = route.targets.map(({ provider, model }) => ({
      provider,
      model: model ?? options.providers.get(provider)?.model ?? MOCK_MODEL,
    }));
    routes.set(name, {
      name,
      targets,
      timeouts: mergeTimeouts(options.policy.timeouts, route.timeouts ?? {}),
      maxRetries: route.maxRetries ?? options.policy.maxRetries,
      hedgeAfterMs: readHedge(name, route.hedgeAfterMs ?? null, options.isExtreme, report),
      onCut: route.onCut ?? options.policy.onCut,
    });
  }
  if (options.isMockAllowed) appendMock(routes, options.providers);
  return routes;
}

function everyProvider(providers: ReadonlyMap<string, KnownProvider>): TargetConfig[] {
  return (
    [...providers.values()]
      // The environment's mock is added as the last resort, and only there.
      .filter(({ config }) => config.dialect !== "mock" || config.source === "file")
      // A provider of the environment for which no model is known can only be asked for one by name.
      .flatMap(({ config, model }) => (model === undefined ? [] : { provider: config.name, model }))
  );
}

function appendMock(routes: Map<string, RouteConfig>, providers: ReadonlyMap<string, KnownProvider>): void {
  const route = routes.get(DEFAULT_ROUTE);
  if (route === undefined || route.targets.some(({ provider }) => provider === "mock")) return;
  const mock = { provider: "mock", model: providers.get("mock")?.model ?? MOCK_MODEL };
  routes.set(DEFAULT_ROUTE, { ...route, targets: [...route.targets, mock] });
}

function readHedge(name: string, given: number | null, isExtreme: boolean, report: ConfigReport): number | null {
  if (given === null || !isExtreme) return given;
  report.notice(
    `The route '${name}' does not hedge, as extreme mode pays for long answers only once`,
    `لا يبدأ المسار '${name}' محاولة موازية، لأن النمط الأقصى لا يدفع ثمن الإجابات الطويلة مرتين`,
  );
  return null;
}

/** The same routes with the mock as their only target. */
export function forceMock(
  routes: ReadonlyMap<string, RouteConfig>,
  providers: ReadonlyMap<string, KnownProvider>,
): Map<string, RouteConfig> {
  const targets = [{ provider: "mock", model: providers.get("mock")?.model ?? MOCK_MODEL }];
  return new Map([...routes].map(([name, route]) => [name, { ...route, targets, hedgeAfterMs: null }]));
}
