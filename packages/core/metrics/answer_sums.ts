import type { Usage } from "../events/mod.ts";
import type { AnswerMeasures } from "./answer_measures.ts";
import type { HistogramData } from "./histogram.ts";
import { Histogram } from "./histogram.ts";

const COUNTS = [
  "answers",
  "completed",
  "failed",
  "cancelled",
  "rescued",
  "fellBack",
  "incomplete",
  "attempts",
  "retries",
  "fallbacks",
  "hedges",
  "continuations",
  "partlyPriced",
] as const;

const TOKENS = ["inputTokens", "cachedInputTokens", "cacheWriteTokens", "outputTokens", "reasoningTokens"] as const;

const HISTOGRAMS = ["firstTokenMs", "totalMs", "tokensPerSecond", "freezeMs"] as const;

type Counts = Record<(typeof COUNTS)[number], number>;

/** Sums as plain data: what is zero or empty is absent. */
export type AnswerSumsData = Partial<Counts> & {
  tokens?: Usage;
  costs?: Record<string, number>;
  failures?: Record<string, number>;
  errors?: Record<string, number>;
} & Partial<Record<(typeof HISTOGRAMS)[number], HistogramData>>;

/**
 * The measures of many answers in bounded room, however many they are.
 *
 * Sums merge: those of sixty minutes make those of their hour, in whatever order they come together.
 */
export class AnswerSums {
  readonly counts: Counts = Object.fromEntries(COUNTS.map((name) => [name, 0])) as Counts;
  /** Tokens that were reported; a kind that nobody reported is absent. */
  readonly tokens: Usage = {};
  /** Known cost in US dollars by `provider/model` of the attempts. */
  readonly costs = new Map<string, number>();
  /** Failed attempts by code: most of them no reader saw. */
  readonly failures = new Map<string, number>();
  /** Failed answers by code. */
  readonly errors = new Map<string, number>();
  readonly firstTokenMs = new Histogram();
  readonly totalMs = new Histogram();
  readonly tokensPerSecond = new Histogram();
  readonly freezeMs = new Histogram();

  static from(data: AnswerSumsData): AnswerSums {
    const sums = new AnswerSums();
    sums.mergeData(data);
    return sums;
  }

  /** Counts one ended answer in. */
  add(one: AnswerMeasures): void {
    const { counts } = this;
    counts.answers += 1;
    counts[one.outcome] += 1;
    counts.rescued += Number(one.isRescued);
    counts.fellBack += Number(one.hasFallenBack);
    counts.incomplete += Number(one.isIncomplete);
    counts.partlyPriced += Number(one.isCostPartial);
    for (const name of ["attempts", "retries", "fallbacks", "hedges", "continuations"] as const) {
      counts[name] += one[name];
    }
    addTokens(this.tokens, one.usage);
    addAll(
      this.costs,
      one.costs.map(({ provider, model, amount }) => [`${provider}/${model}`, amount]),
    );
    addAll(
      this.failures,
      one.failures.map((code) => [code, 1]),
    );
    if (one.outcome === "failed" && one.code !== undefined) addAll(this.errors, [[one.code, 1]]);
    if (one.firstTokenMs !== undefined) this.firstTokenMs.observe(one.firstTokenMs);
    // The time that a reader let an answer run says nothing of how long answers take.
    if (one.outcome !== "cancelled") this.totalMs.observe(one.totalMs);
    if (one.tokensPerSecond !== undefined) this.tokensPerSecond.observe(one.tokensPerSecond);
    for (const freezeMs of one.freezesMs) this.freezeMs.observe(freezeMs);
  }

  merge(other: AnswerSums): void {
    for (const name of COUNTS) this.counts[name] += other.counts[name];
    addTokens(this.tokens, other.tokens);
    for (const name of ["costs", "failures", "errors"] as const) addAll(this[name], other[name]);
    for (const name of HISTOGRAMS) this[name].merge(other[name]);
  }

  /** Merges sums as they were stored. */
  mergeData(data: AnswerSumsData): void {
    for (const name of COUNTS) this.counts[name] += data[name] ?? 0;
    addTokens(this.tokens, data.tokens);
    for (const name of ["costs", "failures", "errors"] as const) addAll(this[name], Object.entries(data[name] ?? {}));
    for (const name of HISTOGRAMS) this[name].mergeData(data[name] ?? []);
  }

  toJSON(): AnswerSumsData {
    const data: AnswerSumsData = {};
    for (const name of COUNTS) if (this.counts[name] > 0) data[name] = this.counts[name];
    if (Object.keys(this.tokens).length > 0) data.tokens = this.tokens;
    for (const name of ["costs", "failures", "errors"] as const) {
      if (this[name].size > 0) data[name] = Object.fromEntries(this[name]);
    }
    for (const name of HISTOGRAMS) if (this[name].count > 0) data[name] = this[name].toJSON();
    return data;
  }
}

function addTokens(to: Usage, more: Usage | undefined): void {
  for (const kind of TOKENS) {
    const tokens = more?.[kind];
    if (tokens !== undefined) to[kind] = (to[kind] ?? 0) + tokens;
  }
}

function addAll(to: Map<string, number>, more: Iterable<readonly [string, number]>): void {
  for (const [name, amount] of more) to.set(name, (to.get(name) ?? 0) + amount);
}
