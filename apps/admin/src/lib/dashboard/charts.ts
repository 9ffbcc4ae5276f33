import { CATALOGUE, type MeasureKey } from "@cogniforge/core/metrics";
import type { Overview, OverviewPoint } from "#lib/api/console_api.ts";
import { localized } from "#lib/i18n/localized.ts";
import { m } from "#lib/paraglide/messages.js";
import type { ChartModel, ChartSeries, ChartUnit } from "./chart_model.ts";

/** Series of one chart that are told apart: more colours cannot be. */
const MOST_SERIES = 6;

const SPREADS = ["firstTokenMs", "totalMs", "tokensPerSecond", "freezeMs"] as const;
type SpreadName = (typeof SPREADS)[number];

/** All charts of a range. */
export function chartsOf(overview: Overview): ChartModel[] {
  return [
    countChart(overview, "rate", m.chart_rate(), m.chart_rate_what(), [
      { key: "completed", label: m.series_completed(), color: 1 },
      { key: "failed", label: m.series_failed(), color: 2 },
      { key: "cancelled", label: m.series_cancelled(), color: 6 },
    ]),
    spreadChart(overview, "firstTokenMs", { title: m.chart_first_token(), measure: "firstToken", unit: "duration" }),
    spreadChart(overview, "totalMs", { title: m.chart_total(), measure: "duration", unit: "duration" }),
    spreadChart(overview, "tokensPerSecond", { title: m.chart_speed(), measure: "tokenRate", unit: "speed" }),
    namedChart(overview, "failures", { title: m.chart_errors(), what: m.chart_errors_what(), unit: "count" }),
    countChart(overview, "rescues", m.chart_rescues(), m.chart_rescues_what(), [
      { key: "rescued", label: m.series_rescued(), color: 1 },
      { key: "fellBack", label: m.series_fell_back(), color: 3 },
      { key: "incomplete", label: m.series_incomplete(), color: 2 },
    ]),
    spreadChart(overview, "freezeMs", { title: m.chart_freeze(), measure: "rescueFreeze", unit: "duration" }),
    namedChart(overview, "costs", { title: m.chart_cost(), what: localized(CATALOGUE.cost.meaning), unit: "cost" }),
  ];
}

function chart({ points, stepMs }: Overview, rest: Omit<ChartModel, "at" | "stepMs" | "isEmpty">): ChartModel {
  const isEmpty = !rest.series.some(({ values }) => values.some((value) => (value ?? 0) > 0));
  return { ...rest, at: points.map(({ at }) => at), stepMs, isEmpty };
}

type CountName = "completed" | "failed" | "cancelled" | "rescued" | "fellBack" | "incomplete";

function countChart(
  overview: Overview,
  id: string,
  title: string,
  what: string,
  names: readonly { key: CountName; label: string; color: number }[],
): ChartModel {
  const { points, total } = overview;
  const series = names.map(({ key, label, color }) => ({
    key,
    label,
    color,
    values: points.map((point) => point[key]),
    whole: total[key],
  }));
  return chart(overview, { id, title, what, unit: "count", kind: "bars", series });
}

function spreadChart(
  overview: Overview,
  name: SpreadName,
  { title, measure, unit }: { title: string; measure: MeasureKey; unit: ChartUnit },
): ChartModel {
  const { points, total } = overview;
  const lines = [
    { key: "p50", label: m.series_p50(), color: 1 },
    { key: "p95", label: m.series_p95(), color: 3 },
    // Of a speed the high numbers are no trouble; of a rescue the longest is what counts.
    ...(name === "freezeMs"
      ? [{ key: "max", label: m.series_max(), color: 2 } as const]
      : name === "tokensPerSecond"
        ? []
        : [{ key: "p99", label: m.series_p99(), color: 2 } as const]),
  ] as const;
  const series = lines.map(({ key, label, color }) => ({
    key,
    label,
    color,
    values: points.map((point) => point[name]?.[key] ?? null),
    whole: total[name]?.[key],
  }));
  return chart(overview, { id: name, title, what: localized(CATALOGUE[measure].meaning), unit, kind: "lines", series });
}

/** Amounts by name: the greatest apart, the others together. */
function namedChart(
  overview: Overview,
  name: "failures" | "costs",
  { title, what, unit }: { title: string; what: string; unit: ChartUnit },
): ChartModel {
  const { points, total } = overview;
  const names = Object.entries(total[name])
    .sort(([, a], [, b]) => b - a)
    .map(([key]) => key);
  const isTooMany = names.length > MOST_SERIES;
  const own = isTooMany ? names.slice(0, MOST_SERIES - 1) : names;
  const others = names.slice(own.length);
  const sumOf = (point: Pick<OverviewPoint, "failures" | "costs">, keys: readonly string[]) =>
    keys.reduce((sum, key) => sum + (point[name][key] ?? 0), 0);
  const series: ChartSeries[] = own.map((key, index) => ({
    key,
    label: key,
    isIdentifier: true,
    color: index + 1,
    values: points.map((point) => sumOf(point, [key])),
    whole: total[name][key],
  }));
  if (isTooMany) {
    series.push({
      key: "other names",
      label: m.series_other(),
      color: MOST_SERIES,
      values: points.map((point) => sumOf(point, others)),
      whole: sumOf(total, others),
    });
  }
  return chart(overview, { id: name, title, what, unit, kind: "bars", series });
}
