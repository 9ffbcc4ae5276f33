import type { RouteOrigin, ValueSource } from "./config.ts";
import { ROUTE_VALUES } from "./config.ts";
import type { EnvironmentReader } from "./environment_reader.ts";
import type { ParsedConfigFile } from "./file_schema.ts";
import { DEFAULT_ROUTE } from "./routes.ts";

interface OriginOptions {
  file: ParsedConfigFile | undefined;
  reader: EnvironmentReader;
  isExtreme: boolean;
}

/** Says of the file's routes, and of the default route, where each value comes from. */
export function routeOrigins({ file, reader, isExtreme }: OriginOptions): [string, RouteOrigin][] {
  const ofMode = isExtreme ? "environment" : "default";
  const ofVariable = (name: string) => (reader.isSet(name) ? "environment" : ofMode);
  const values: RouteOrigin["values"] = {
    targets: Object.keys(file?.providers ?? {}).length > 0 ? "file" : "environment",
    "timeouts.connectMs": "default",
    "timeouts.firstTokenMs": ofMode,
    "timeouts.idleMs": ofMode,
    "timeouts.totalMs": ofVariable("LLM_TIMEOUT_SECONDS"),
    maxRetries: ofVariable("LLM_MAX_RETRIES"),
    hedgeAfterMs: "default",
    onCut: "default",
  };
  const routes = Object.entries(file?.routes ?? {}).map(([name, route]): [string, RouteOrigin] => [
    name,
    { route: "file", values: overlay(values, route, "file") },
  ]);
  return [[DEFAULT_ROUTE, { route: "environment", values }], ...routes];
}

/** The sources of a route over which another one was laid, whose values that are given win. */
export function overlay(
  below: RouteOrigin["values"] | undefined,
  given: NonNullable<ParsedConfigFile["routes"]>[string],
  source: ValueSource,
): RouteOrigin["values"] {
  const { timeouts = {}, ...others } = given;
  const set = new Set<string>();
  for (const [name, value] of Object.entries(others)) if (value !== undefined) set.add(name);
  for (const [name, value] of Object.entries(timeouts)) if (value !== undefined) set.add(`timeouts.${name}`);
  return Object.fromEntries(
    ROUTE_VALUES.map((name) => [name, set.has(name) ? source : (below?.[name] ?? "default")]),
  ) as RouteOrigin["values"];
}
