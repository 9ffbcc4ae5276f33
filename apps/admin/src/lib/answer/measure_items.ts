import type { LiveMeasures } from "@cogniforge/core/metrics";
import { formatDuration, formatNumber, formatSpeed } from "#lib/i18n/format.ts";
import { m } from "#lib/paraglide/messages.js";

/** One measure, ready to be shown. */
export interface MeasureItem {
  key: "firstToken" | "speed" | "elapsed" | "tokens" | "cost" | "attempts";
  label: string;
  value: string;
  isEstimate: boolean;
}

/** Shown where a number is unknown: never a zero. */
const UNKNOWN = "–";

/** The measures of an answer in the page's language; while it runs, unknown ones keep their place. */
export function measureItems(measures: LiveMeasures, isLive: boolean): MeasureItem[] {
  const { firstTokenMs, tokensPerSecond, elapsedMs, outputTokens, totalTokens, attempts, isEstimate } = measures;
  const show = (value: number | undefined, format: (value: number) => string) =>
    value === undefined ? UNKNOWN : format(value);
  const tokens = totalTokens ?? outputTokens;
  const items: MeasureItem[] = [
    item("firstToken", m.measure_first_token(), show(firstTokenMs, formatDuration), false),
    item("speed", m.measure_speed(), show(tokensPerSecond, formatSpeed), isEstimate),
    item("elapsed", m.measure_elapsed(), show(elapsedMs, formatDuration), false),
    item("tokens", m.measure_tokens(), show(tokens, formatNumber), isEstimate),
  ];
  if (attempts > 1) items.push(item("attempts", m.measure_attempts(), formatNumber(attempts), false));
  return isLive ? items : items.filter(({ value }) => value !== UNKNOWN);
}

function item(key: MeasureItem["key"], label: string, value: string, isEstimate: boolean): MeasureItem {
  return { key, label, value: isEstimate && value !== UNKNOWN ? `≈ ${value}` : value, isEstimate };
}
