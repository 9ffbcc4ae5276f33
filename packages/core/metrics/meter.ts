import type { CounterKey, GaugeKey, HistogramKey, LabelsOf, MeasureKey } from "./catalogue.ts";
import { CATALOGUE } from "./catalogue.ts";
import { Histogram } from "./histogram.ts";

/** Series of one measure: callers may name any route and any model, also such as do not exist. */
const MOST_SERIES = 500;

/** The label value of what came when a measure had all its series. */
const OTHER = "other";

/** One series of a measure; values in what is observed, times in milliseconds. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | Histogram;
}

type GaugeReading<Key extends MeasureKey> = readonly { labels: LabelsOf<Key>; value: number }[];

/** Counts and observes what the catalogue names, since the process began. */
export class Meter {
  readonly #series = new Map<MeasureKey, Map<string, { labels: Sample["labels"]; value: Sample["value"] }>>();
  readonly #gauges = new Map<MeasureKey, () => readonly Sample[]>();

  add<Key extends CounterKey>(key: Key, labels: LabelsOf<Key>, amount = 1): void {
    const series = this.#seriesOf(key, labels, () => 0);
    series.value = (series.value as number) + amount;
  }

  /** @param value Times in milliseconds. */
  observe<Key extends HistogramKey>(key: Key, labels: LabelsOf<Key>, value: number): void {
    (this.#seriesOf(key, labels, () => new Histogram()).value as Histogram).observe(value);
  }

  /** Names the function that reads a measure when it is asked for: a gauge, or a counter that somebody else keeps. */
  read<Key extends GaugeKey | CounterKey>(key: Key, reading: () => GaugeReading<Key>): void {
    this.#gauges.set(key, reading);
  }

  /** The series of a measure; one without labels has exactly one, however little was counted. */
  samples(key: MeasureKey): readonly Sample[] {
    const reading = this.#gauges.get(key);
    if (reading !== undefined) return reading();
    const series = this.#series.get(key);
    if (series !== undefined) return [...series.values()];
    const { kind, labels } = CATALOGUE[key];
    if (labels.length > 0) return [];
    return [{ labels: {}, value: kind === "histogram" ? new Histogram() : 0 }];
  }

  #seriesOf(
    key: MeasureKey,
    labels: Readonly<Record<string, string>>,
    make: () => number | Histogram,
  ): { value: number | Histogram } {
    let all = this.#series.get(key);
    if (all === undefined) {
      all = new Map();
      this.#series.set(key, all);
    }
    const id = idOf(key, labels);
    const found = all.get(id);
    if (found !== undefined) return found;
    const isFull = all.size >= MOST_SERIES;
    const kept = isFull ? othersOf(key) : { ...labels };
    const keptId = isFull ? idOf(key, kept) : id;
    const series = all.get(keptId) ?? { labels: kept, value: make() };
    all.set(keptId, series);
    return series;
  }
}

function idOf(key: MeasureKey, labels: Readonly<Record<string, string>>): string {
  const names: readonly string[] = CATALOGUE[key].labels;
  return names.map((name) => labels[name]).join("\n");
}

function othersOf(key: MeasureKey): Record<string, string> {
  const names: readonly string[] = CATALOGUE[key].labels;
  return Object.fromEntries(names.map((name) => [name, OTHER]));
}
