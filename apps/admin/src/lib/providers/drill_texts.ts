import type { DrillStatus } from "#lib/api/console_api.ts";
import { formatMilliseconds, formatNumber } from "#lib/i18n/format.ts";
import { m } from "#lib/paraglide/messages.js";
import { BOUNDS, type DrillNumber, type FaultName } from "./drill_input.ts";

/** What a fault is called, and what it does to an answer. */
export const FAULT_TEXTS: Readonly<Record<FaultName, { name: () => string; what: () => string }>> = {
  cut: { name: m.fault_cut, what: m.fault_cut_what },
  stall: { name: m.fault_stall, what: m.fault_stall_what },
  silence: { name: m.fault_silence, what: m.fault_silence_what },
  "rate-limit": { name: m.fault_rate_limit, what: m.fault_rate_limit_what },
  "server-error": { name: m.fault_server_error, what: m.fault_server_error_what },
  garbage: { name: m.fault_garbage, what: m.fault_garbage_what },
  "slow-drip": { name: m.fault_slow_drip, what: m.fault_slow_drip_what },
};

export const NUMBER_LABELS: Readonly<Record<DrillNumber, () => string>> = {
  afterChars: m.drill_after_chars,
  retryAfterMs: m.drill_retry_after,
  everyMs: m.drill_every,
  calls: m.drill_calls,
};

/** What a number of a drill may be. */
export function boundsText(key: DrillNumber): string {
  const { least, most, isOptional } = BOUNDS[key];
  const bounds = { least: formatNumber(least), most: formatNumber(most) };
  return isOptional ? m.drill_bounds_optional(bounds) : m.drill_bounds(bounds);
}

/** The numbers of an armed fault, such as "after 40 characters". */
export function armedDetails(armed: NonNullable<DrillStatus["armed"]>): string[] {
  const details: string[] = [];
  if ("afterChars" in armed) details.push(m.drill_armed_after({ count: formatNumber(armed.afterChars) }));
  if ("everyMs" in armed) details.push(m.drill_armed_every({ time: formatMilliseconds(armed.everyMs) }));
  if ("retryAfterMs" in armed && armed.retryAfterMs !== undefined)
    details.push(m.drill_armed_wait({ time: formatMilliseconds(armed.retryAfterMs) }));
  details.push(m.drill_armed_calls({ count: formatNumber(armed.calls) }));
  return details;
}
