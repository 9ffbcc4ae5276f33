/** Buckets of one doubling: neighbouring bounds differ by 9 %, so that a percentile is wrong by 4.5 % at most. */
const PER_OCTAVE = 8;

/** Bounds of the first and the last bucket, as powers of two: some thousandth to some billion of whatever is measured. */
const LOWEST = -10;
const HIGHEST = 40;

/** A histogram as plain data: sum, least and greatest value, then pairs of a bucket's number and its count. */
export type HistogramData = readonly number[];

/** The percentiles that are shown of a histogram. */
export interface Percentiles {
  p50: number;
  p95: number;
  p99: number;
}

/**
 * Counts values in buckets whose bounds are the same for all histograms, `2^(n/8)`, so that histograms merge: those of two
 * minutes, or of two processes, make that of both, with the same percentiles as if it had seen every value.
 *
 * The scheme is that of OpenTelemetry's exponential histogram with scale 3:
 * https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram
 */
export class Histogram {
  #count = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  readonly #buckets = new Map<number, number>();

  /** @throws {TypeError} If the data are none of a histogram. */
  static from(data: HistogramData): Histogram {
    const histogram = new Histogram();
    histogram.mergeData(data);
    return histogram;
  }

  get count(): number {
    return this.#count;
  }

  get sum(): number {
    return this.#sum;
  }

  /** `undefined` while it is empty. */
  get min(): number | undefined {
    return this.#count === 0 ? undefined : this.#min;
  }

  /** `undefined` while it is empty. */
  get max(): number | undefined {
    return this.#count === 0 ? undefined : this.#max;
  }

  /** @param value Finite and not negative; anything else is no measure and is not counted. */
  observe(value: number): void {
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) return;
    this.#fill(bucketOf(value), 1);
    this.#sum += value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  /** Adds all that the other has counted. */
  merge(other: Histogram): void {
    for (const [bucket, count] of other.#buckets) this.#fill(bucket, count);
    this.#sum += other.#sum;
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
  }

  /**
   * Adds all that the data tell of, without making a histogram of them first: ranges are merged from thousands of rows.
   *
   * @throws {TypeError} If the data are none of a histogram.
   */
  mergeData(data: HistogramData): void {
    if (data.length === 0) return;
    const [sum, min, max] = data;
    if (sum === undefined || min === undefined || max === undefined || data.length % 2 === 0) {
      throw new TypeError(`Cannot read a histogram of ${data.length} numbers`);
    }
    for (let at = 3; at < data.length; at += 2) this.#fill(data[at] ?? 0, data[at + 1] ?? 0);
    this.#sum += sum;
    this.#min = Math.min(this.#min, min);
    this.#max = Math.max(this.#max, max);
  }

  /**
   * The p-th percentile by the nearest rank: the middle of its bucket, which is at most 4.5 % off; `undefined` while empty.
   *
   * @param p From 0 (exclusive) to 100 (inclusive).
   */
  percentile(p: number): number | undefined {
    if (this.#count === 0) return undefined;
    const rank = Math.max(1, Math.ceil((p / 100) * this.#count));
    if (rank === this.#count) return this.#max;
    let seen = 0;
    for (const [bucket, count] of this.#sorted()) {
      seen += count;
      if (seen >= rank) return Math.min(this.#max, Math.max(this.#min, 2 ** ((bucket - 0.5) / PER_OCTAVE)));
    }
    return this.#max;
  }

  /** `undefined` while it is empty. */
  percentiles(): Percentiles | undefined {
    const [p50, p95, p99] = [this.percentile(50), this.percentile(95), this.percentile(99)];
    return p50 === undefined || p95 === undefined || p99 === undefined ? undefined : { p50, p95, p99 };
  }

  /**
   * How many values are at most `bound`.
   *
   * @param bound A power of two: a bound of the buckets, so that the count is exact.
   */
  countUpTo(bound: number): number {
    const last = bucketOf(bound);
    let count = 0;
    for (const [bucket, one] of this.#buckets) if (bucket <= last) count += one;
    return count;
  }

  toJSON(): HistogramData {
    if (this.#count === 0) return [];
    return [this.#sum, this.#min, this.#max, ...this.#sorted().flat()];
  }

  #sorted(): [bucket: number, count: number][] {
    return [...this.#buckets].sort(([a], [b]) => a - b);
  }

  #fill(bucket: number, count: number): void {
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + count);
    this.#count += count;
  }
}

/** The bucket whose upper bound is the least one that is not below the value. */
function bucketOf(value: number): number {
  const exact = Math.ceil(Math.log2(value) * PER_OCTAVE);
  return Math.min(HIGHEST * PER_OCTAVE, Math.max(LOWEST * PER_OCTAVE, exact));
}
