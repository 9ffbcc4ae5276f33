import type { MeasuredAnswer } from "#lib/api/console_api.ts";
import { formatCost, formatDuration, formatNumber, formatSpeed } from "#lib/i18n/format.ts";
import { m } from "#lib/paraglide/messages.js";

/** The measures of one ended answer, ready to be shown; unknown ones are left out. */
export function latestItems(measures: MeasuredAnswer["measures"]): { key: string; label: string; value: string }[] {
  const { firstTokenMs, totalMs, tokensPerSecond, usage, costs, isCostPartial, attempts, freezesMs } = measures;
  const { inputTokens, outputTokens } = usage ?? {};
  const tokens =
    inputTokens === undefined && outputTokens === undefined ? undefined : (inputTokens ?? 0) + (outputTokens ?? 0);
  // A part must not pass for the whole.
  const cost = costs.length === 0 || isCostPartial ? undefined : costs.reduce((sum, { amount }) => sum + amount, 0);
  const freezeMs = freezesMs.length === 0 ? undefined : Math.max(...freezesMs);
  const rows = [
    { key: "firstToken", label: m.measure_first_token(), value: known(firstTokenMs, formatDuration) },
    { key: "elapsed", label: m.measure_elapsed(), value: formatDuration(totalMs) },
    { key: "speed", label: m.measure_speed(), value: known(tokensPerSecond, formatSpeed) },
    { key: "tokens", label: m.measure_tokens(), value: known(tokens, formatNumber) },
    { key: "cost", label: m.measure_cost(), value: known(cost, formatCost) },
    { key: "freeze", label: m.latest_freeze(), value: known(freezeMs, formatDuration) },
    {
      key: "attempts",
      label: m.measure_attempts(),
      value: known(attempts > 1 ? attempts : undefined, formatNumber),
    },
  ];
  return rows.flatMap(({ value, ...row }) => (value === undefined ? [] : { ...row, value }));
}

function known(value: number | undefined, format: (value: number) => string): string | undefined {
  return value === undefined ? undefined : format(value);
}
