import { m } from "#lib/paraglide/messages.js";
import { getLocale } from "#lib/paraglide/runtime.js";

// Latin digits in both languages: measures are compared with logs, invoices and other tools.
const numberLocale = () => (getLocale() === "ar" ? "ar-u-nu-latn" : "en");

/** A number with at most `digits` decimals. */
export function formatNumber(value: number, digits = 0): string {
  return value.toLocaleString(numberLocale(), { maximumFractionDigits: digits, minimumFractionDigits: digits });
}

/** A number in the least room, such as "1.2K". */
export function formatCompact(value: number): string {
  return value.toLocaleString(numberLocale(), { notation: "compact", maximumSignificantDigits: 3 });
}

/** A duration for people: milliseconds, seconds or minutes. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return m.unit_milliseconds({ value: formatNumber(Math.round(ms)) });
  const seconds = ms / 1000;
  if (seconds < 60) return m.unit_seconds({ value: formatNumber(Math.floor(seconds * 10) / 10, 1) });
  const whole = Math.floor(seconds);
  return m.unit_minutes({ minutes: formatNumber(Math.floor(whole / 60)), seconds: formatNumber(whole % 60) });
}

/** Output speed. */
export function formatSpeed(tokensPerSecond: number): string {
  return m.unit_tokens_per_second({ value: formatNumber(tokensPerSecond, tokensPerSecond < 10 ? 1 : 0) });
}

/** A sum in US dollars, precise enough for one answer's cost. */
export function formatCost(amount: number): string {
  const digits = amount === 0 || amount >= 0.01 ? 2 : 5;
  return `$${formatNumber(amount, digits)}`;
}

/** A moment for people, such as "22 November, 14:05". */
export function formatMoment(at: number): string {
  return new Intl.DateTimeFormat(numberLocale(), { dateStyle: "medium", timeStyle: "short" }).format(at);
}

/** A time of day to the second, such as "14:05:09". */
export function formatTime(at: number): string {
  return new Intl.DateTimeFormat(numberLocale(), { timeStyle: "medium" }).format(at);
}

/** Milliseconds as such, where they are compared with a limit. */
export function formatMilliseconds(ms: number): string {
  return m.unit_milliseconds({ value: formatNumber(Math.round(ms)) });
}
