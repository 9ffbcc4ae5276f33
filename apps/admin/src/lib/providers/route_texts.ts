import type { RouteChange, RouteField, RouteSetup, ValueSource } from "#lib/api/administration_api.ts";
import { formatMilliseconds, formatNumber } from "#lib/i18n/format.ts";
import { leftToRight } from "#lib/i18n/isolates.ts";
import { m } from "#lib/paraglide/messages.js";

/** What a value of a route is called. */
export const FIELD_LABELS: Readonly<Record<RouteField, () => string>> = {
  targets: m.route_targets,
  "timeouts.connectMs": m.route_connect,
  "timeouts.firstTokenMs": m.route_first_token,
  "timeouts.idleMs": m.route_idle,
  "timeouts.totalMs": m.route_total,
  maxRetries: m.route_retries,
  hedgeAfterMs: m.route_hedge,
  onCut: m.route_on_cut,
};

export const SOURCE_LABELS: Readonly<Record<ValueSource, () => string>> = {
  default: m.source_default,
  environment: m.source_environment,
  file: m.source_file,
  console: m.source_console,
};

export const ON_CUT_LABELS = { continue: m.on_cut_continue, fail: m.on_cut_fail } as const;

/** A value of a route for people. */
export function valueText(field: RouteField, value: RouteChange["from"]): string {
  if (value === undefined) return m.value_as_configured();
  if (Array.isArray(value)) return value.join(" → ");
  if (field === "onCut") return value === "fail" ? m.on_cut_fail() : m.on_cut_continue();
  if (value === null) return m.value_never();
  if (typeof value !== "number") return String(value);
  return field === "maxRetries" ? formatNumber(value) : formatMilliseconds(value);
}

/** The values of a route but its targets. */
export function policyOf({ timeouts, maxRetries, hedgeAfterMs, onCut }: RouteSetup["values"]) {
  return [
    { field: "timeouts.connectMs", value: timeouts.connectMs },
    { field: "timeouts.firstTokenMs", value: timeouts.firstTokenMs },
    { field: "timeouts.idleMs", value: timeouts.idleMs },
    { field: "timeouts.totalMs", value: timeouts.totalMs },
    { field: "maxRetries", value: maxRetries },
    { field: "hedgeAfterMs", value: hedgeAfterMs },
    { field: "onCut", value: onCut },
  ] as const satisfies readonly { field: RouteField; value: RouteChange["from"] }[];
}

/** A price in US dollars, kept together where the text runs to the left; some models cost less than a cent. */
export function dollarsText(amount: number): string {
  return leftToRight(`$${formatNumber(amount, amount < 0.1 ? 4 : 2)}`);
}
