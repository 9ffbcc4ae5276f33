import type { Usage } from "@cogniforge/core/events";
import type { AnswerSums, Histogram } from "@cogniforge/core/metrics";
import { AnswerSums as Sums } from "@cogniforge/core/metrics";
import type { MeasureFilter, MeasureStore, MeasureWindow, StepSums } from "../storage/mod.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The stretches of time that can be asked for, with the length of their steps. */
export const RANGES = {
  "5m": { spanMs: 5 * MINUTE, stepMs: 10 * SECOND },
  "1h": { spanMs: HOUR, stepMs: MINUTE },
  "6h": { spanMs: 6 * HOUR, stepMs: 5 * MINUTE },
  "24h": { spanMs: DAY, stepMs: 10 * MINUTE },
  "7d": { spanMs: 7 * DAY, stepMs: HOUR },
  "30d": { spanMs: 30 * DAY, stepMs: DAY },
} as const;

export type RangeName = keyof typeof RANGES;

/** How a measure is spread over many answers. */
export interface Spread {
  count: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

/** What was measured of some answers; what is unknown, or nobody had, is absent. Durations in milliseconds. */
export interface MeasureSummary {
  answers: number;
  completed: number;
  failed: number;
  cancelled: number;
  rescued: number;
  fellBack: number;
  /** Of the failed: those with a part of their text delivered. */
  incomplete: number;
  attempts: number;
  retries: number;
  fallbacks: number;
  hedges: number;
  continuations: number;
  firstTokenMs?: Spread;
  totalMs?: Spread;
  tokensPerSecond?: Spread;
  /** How long readers saw nothing new, for each rescue. */
  freezeMs?: Spread;
  tokens: Usage;
  /** Known cost in US dollars by `provider/model`. */
  costs: Record<string, number>;
  /** Answers whose cost is known in part or not at all. */
  partlyPriced: number;
  /** Failed attempts by code: most of them no reader saw. */
  failures: Record<string, number>;
  /** Failed answers by code. */
  errors: Record<string, number>;
}

/** One step of the range. */
export interface OverviewPoint extends MeasureSummary {
  /** When the step begins, in epoch milliseconds. */
  at: number;
}

/** What one target was measured at. */
export interface TargetSummary extends MeasureSummary {
  /** `provider/model`; empty for answers that no target wrote anything of. */
  target: string;
}

/** A stretch of time at a glance. */
export interface Overview {
  range: RangeName;
  /** Epoch milliseconds. */
  from: number;
  to: number;
  stepMs: number;
  /** Every step, also those without answers, the oldest first. The last one is still going on. */
  points: OverviewPoint[];
  total: MeasureSummary;
  /** By answers, the most first. */
  targets: TargetSummary[];
  /** What can be filtered by: everything that has answers in this range. */
  choices: { routes: string[]; targets: string[] };
}

/** Reads a range from the store, and folds it into points and percentiles. */
export async function readOverview(
  store: MeasureStore,
  range: RangeName,
  now: number,
  filter: MeasureFilter,
): Promise<Overview> {
  const window = windowOf(range, now);
  const all = await store.sums(window);
  const steps = all.filter(
    ({ route, target }) =>
      (filter.route === undefined || filter.route === route) &&
      (filter.target === undefined || filter.target === target),
  );
  const byStep = Map.groupBy(steps, ({ startsAt }) => startsAt);
  const points: OverviewPoint[] = [];
  for (let at = window.from; at < window.to; at += window.stepMs) {
    points.push({ at, ...summaryOf(together(byStep.get(at) ?? [])) });
  }
  const targets = [...Map.groupBy(steps, ({ target }) => target)]
    .map(([target, own]) => ({ target, ...summaryOf(together(own)) }))
    .sort((a, b) => b.answers - a.answers || (a.target < b.target ? -1 : 1));
  return {
    range,
    ...window,
    points,
    total: summaryOf(together(steps)),
    targets,
    choices: {
      routes: [...new Set(all.map(({ route }) => route))].sort(),
      targets: [...new Set(all.map(({ target }) => target))].filter((target) => target !== "").sort(),
    },
  };
}

/** The range that ends with the step that is going on. */
function windowOf(range: RangeName, now: number): MeasureWindow {
  const { spanMs, stepMs } = RANGES[range];
  const to = (Math.floor(now / stepMs) + 1) * stepMs;
  return { from: to - spanMs, to, stepMs };
}

function together(steps: readonly StepSums[]): AnswerSums {
  const all = new Sums();
  for (const { sums } of steps) all.merge(sums);
  return all;
}

/** Sums as they are shown. */
export function summaryOf(sums: AnswerSums): MeasureSummary {
  const summary: MeasureSummary = {
    ...sums.counts,
    tokens: sums.tokens,
    costs: Object.fromEntries(sums.costs),
    failures: Object.fromEntries(sums.failures),
    errors: Object.fromEntries(sums.errors),
  };
  for (const name of ["firstTokenMs", "totalMs", "tokensPerSecond", "freezeMs"] as const) {
    const spread = spreadOf(sums[name]);
    if (spread !== undefined) summary[name] = spread;
  }
  return summary;
}

function spreadOf(histogram: Histogram): Spread | undefined {
  const { count, max } = histogram;
  const percentiles = histogram.percentiles();
  return percentiles === undefined || max === undefined ? undefined : { count, ...percentiles, max };
}
