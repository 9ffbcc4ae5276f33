import { formatCompact, formatCost, formatDuration, formatNumber, formatSpeed } from "#lib/i18n/format.ts";
import { leftToRight, rightToLeft } from "#lib/i18n/isolates.ts";
import { m } from "#lib/paraglide/messages.js";
import { getLocale } from "#lib/paraglide/runtime.js";
import type { ChartUnit } from "./chart_model.ts";

/** Shown where a number is unknown: never a zero. */
export const UNKNOWN = "–";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A number of a chart, in words of its unit. */
export function formatValue(value: number | null | undefined, unit: ChartUnit): string {
  if (value === null || value === undefined) return UNKNOWN;
  switch (unit) {
    case "count":
      return formatNumber(value);
    case "duration":
      return formatDuration(value);
    case "speed":
      return formatSpeed(value);
    case "cost":
      return formatCost(value);
  }
}

/** A step's moment: as exact as its length. */
export function formatStep(at: number, stepMs: number): string {
  // Latin digits in both languages, as everywhere in the console. A day's step is one of UTC.
  const locale = getLocale() === "ar" ? "ar-u-nu-latn" : "en";
  const options: Intl.DateTimeFormatOptions =
    stepMs >= DAY_MS
      ? { day: "numeric", month: "short", timeZone: "UTC" }
      : stepMs >= HOUR_MS
        ? { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }
        : { hour: "2-digit", minute: "2-digit", ...(stepMs < 60_000 && { second: "2-digit" }) };
  return new Intl.DateTimeFormat(locale, { ...options, hourCycle: "h23" }).format(at);
}

/** The same in the least room, for an axis; there it is read from left to right in both languages. */
export function formatTick(at: number, spanMs: number): string {
  const isLong = spanMs > 2 * DAY_MS;
  const options: Intl.DateTimeFormatOptions = isLong
    ? { day: "2-digit", month: "2-digit" }
    : { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return new Intl.DateTimeFormat("en-GB", options).format(at);
}

/** A number with its unit for an axis, short; the canvas that it is painted on knows no direction of its own. */
export function formatAxis(value: number, unit: ChartUnit): string {
  const text = axisText(value, unit);
  return getLocale() === "ar" ? rightToLeft(text) : text;
}

function axisText(value: number, unit: ChartUnit): string {
  if (unit === "duration")
    return value >= 1000
      ? m.unit_seconds({ value: formatCompact(value / 1000) })
      : m.unit_milliseconds({ value: formatCompact(value) });
  return unit === "cost" ? leftToRight(`$${formatCompact(value)}`) : formatCompact(value);
}
