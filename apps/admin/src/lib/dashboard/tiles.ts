import type { MeasureSummary, Pulse } from "#lib/api/console_api.ts";
import { formatCost, formatDuration, formatNumber, formatSpeed } from "#lib/i18n/format.ts";
import { m } from "#lib/paraglide/messages.js";
import { UNKNOWN } from "./chart_text.ts";

/** One number, ready to be shown. */
export interface Tile {
  key: string;
  label: string;
  value: string;
  /** What has to be known beside it. */
  note?: string;
}

/** How things are at this moment. */
export function nowTiles({ running, readers, lastMinute }: Pulse): Tile[] {
  const { answers, failed, firstTokenMs, tokensPerSecond } = lastMinute;
  return [
    { key: "running", label: m.tile_running(), value: formatNumber(running) },
    { key: "readers", label: m.tile_readers(), value: formatNumber(readers) },
    { key: "minute", label: m.tile_rate(), value: formatNumber(answers), note: m.dashboard_last_minute() },
    { key: "minuteFailed", label: m.tile_failed(), value: formatNumber(failed), note: m.dashboard_last_minute() },
    {
      key: "minuteFirstToken",
      label: m.tile_first_token(),
      value: known(firstTokenMs?.p50, formatDuration),
      note: m.dashboard_last_minute(),
    },
    {
      key: "minuteSpeed",
      label: m.tile_speed(),
      value: known(tokensPerSecond?.p50, formatSpeed),
      note: m.dashboard_last_minute(),
    },
  ];
}

/** The range in sum. */
export function rangeTiles(total: MeasureSummary): Tile[] {
  const { answers, completed, failed, rescued, fellBack, tokens, costs, partlyPriced } = total;
  const decided = completed + failed;
  const amounts = Object.values(costs);
  return [
    { key: "answers", label: m.tile_answers(), value: formatNumber(answers) },
    {
      key: "success",
      label: m.tile_success(),
      // Rounded down: 100 % is said of all alone.
      value: decided === 0 ? UNKNOWN : `${formatNumber(Math.floor((completed / decided) * 1000) / 10, 1)} %`,
    },
    { key: "failed", label: m.tile_failed(), value: formatNumber(failed) },
    { key: "rescued", label: m.tile_rescued(), value: formatNumber(rescued) },
    { key: "fellBack", label: m.tile_fell_back(), value: formatNumber(fellBack) },
    { key: "tokensIn", label: m.tile_tokens_in(), value: known(tokens.inputTokens, formatNumber) },
    { key: "tokensOut", label: m.tile_tokens_out(), value: known(tokens.outputTokens, formatNumber) },
    {
      key: "cost",
      label: m.tile_cost(),
      value: amounts.length === 0 ? UNKNOWN : formatCost(amounts.reduce((sum, amount) => sum + amount, 0)),
      ...(partlyPriced > 0 && { note: m.tile_cost_partly({ count: formatNumber(partlyPriced) }) }),
    },
  ];
}

function known(value: number | undefined, format: (value: number) => string): string {
  return value === undefined ? UNKNOWN : format(value);
}
