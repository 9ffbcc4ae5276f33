import type { Timeouts } from "@cogniforge/core/events";
import type { RouteConfig } from "./config.ts";
import type { EnvironmentReader } from "./environment_reader.ts";

/** What a route does where its author says nothing else. */
export type Policy = Pick<RouteConfig, "timeouts" | "maxRetries" | "hedgeAfterMs" | "onCut">;

const NORMAL = { seconds: 180, maxRetries: 2, limits: { connectMs: 10_000, firstTokenMs: 12_000, idleMs: 20_000 } };
/** Models that think long before they speak are what that mode is for. */
const EXTREME = { seconds: 600, maxRetries: 8, limits: { connectMs: 10_000, firstTokenMs: 60_000, idleMs: 60_000 } };

/** The default policy of the environment. */
export function readPolicy(reader: EnvironmentReader, isExtreme: boolean): Policy {
  const defaults = isExtreme ? EXTREME : NORMAL;
  const totalMs = reader.integer("LLM_TIMEOUT_SECONDS", defaults.seconds, { min: 1, max: 86_400 }) * 1000;
  return {
    timeouts: mergeTimeouts({ ...defaults.limits, totalMs }, {}),
    maxRetries: reader.integer("LLM_MAX_RETRIES", defaults.maxRetries, { min: 0, max: 20 }),
    hedgeAfterMs: null,
    onCut: "continue",
  };
}

/** Limits that are given, over defaults that a shorter total cuts down. */
export function mergeTimeouts(
  defaults: Timeouts,
  given: { [Name in keyof Timeouts]?: Timeouts[Name] | undefined },
): Timeouts {
  const totalMs = given.totalMs ?? defaults.totalMs;
  return {
    connectMs: given.connectMs ?? Math.min(defaults.connectMs, totalMs),
    firstTokenMs: given.firstTokenMs ?? Math.min(defaults.firstTokenMs, totalMs),
    idleMs: given.idleMs ?? Math.min(defaults.idleMs, totalMs),
    totalMs,
  };
}
