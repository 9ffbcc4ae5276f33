/** Ratio of a bucket's bounds: percentiles are exact to one percent. */
const GROWTH = 1.02;
const LOG_GROWTH = Math.log(GROWTH);
/** From 1 µs to beyond a day. */
const BUCKETS = 1_300;

/** Percentiles as they travel between processes; all in microseconds. */
export interface Percentiles {
  count: number;
  p50: number;
  p99: number;
  max: number;
}

/** Counts durations in buckets, so that millions of them take no memory. */
export class Histogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #count = 0;
  #max = 0;

  /** @param valueUs Microseconds; below one counts as one. */
  add(valueUs: number): void {
    const bucket = valueUs <= 1 ? 0 : Math.min(BUCKETS - 1, Math.ceil(Math.log(valueUs) / LOG_GROWTH));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count++;
    if (valueUs > this.#max) this.#max = valueUs;
  }

  /** The value below which a share of all lies; 0 if there are none. */
  percentile(share: number): number {
    let left = Math.ceil(this.#count * share);
    for (let bucket = 0; bucket < BUCKETS && left > 0; bucket++) {
      left -= this.#counts[bucket] ?? 0;
      if (left <= 0) return Math.min(this.#max, GROWTH ** bucket);
    }
    return this.#max;
  }

  summary(): Percentiles {
    return { count: this.#count, p50: this.percentile(0.5), p99: this.percentile(0.99), max: this.#max };
  }
}
