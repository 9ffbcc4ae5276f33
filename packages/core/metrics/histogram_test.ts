import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Histogram } from "./histogram.ts";
import { percentile } from "./percentile.ts";

/** A fixed sequence of numbers from 0 to 1: a failure must be the same one tomorrow. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Durations as they come: most short, some very long. */
function durations(seed: number, count: number): number[] {
  const next = numbers(seed);
  return Array.from({ length: count }, () => 10 * Math.exp(next() * 9) * next());
}

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.observe(value);
  return histogram;
}

describe("Histogram", () => {
  test("gives percentiles within 4.5 % of those of all values", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const values = durations(seed, 50 * seed);
      const sorted = values.toSorted((a, b) => a - b);
      for (const p of [1, 50, 90, 95, 99, 100]) {
        const exact = percentile(sorted, p);
        const found = histogramOf(values).percentile(p);
        assert.ok(
          found !== undefined && Math.abs(found / exact - 1) < 0.045,
          `seed ${seed}, p${p}: ${found}, ${exact}`,
        );
      }
    }
  });

  test("merges parts, however they were cut and in whatever order, into the histogram of the whole", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const values = durations(seed, 300);
      const whole = histogramOf(values);
      const next = numbers(seed + 1_000);
      const parts = Array.from({ length: 1 + Math.floor(next() * 9) }, () => new Histogram());
      for (const value of values) parts[Math.floor(next() * parts.length)]?.observe(value);
      const merged = new Histogram();
      for (const part of parts.toSorted(() => next() - 0.5)) merged.merge(Histogram.from(part.toJSON()));
      assert.equal(merged.count, whole.count);
      assert.ok(Math.abs(merged.sum / whole.sum - 1) < 1e-9);
      assert.deepEqual(merged.percentiles(), whole.percentiles());
      assert.deepEqual(merged.toJSON().slice(1), whole.toJSON().slice(1));
    }
  });

  test("counts exactly up to a power of two, with the power itself", () => {
    const histogram = histogramOf([0, 0.5, 1, 1.0001, 2, 1024, 1025]);
    assert.deepEqual(
      [1, 2, 4, 1024, 2048].map((bound) => histogram.countUpTo(bound)),
      [3, 5, 5, 6, 7],
    );
    for (let power = -9; power <= 39; power++) assert.equal(histogramOf([2 ** power]).countUpTo(2 ** power), 1);
  });

  test("knows nothing while it is empty, and counts nothing that is no measure", () => {
    const histogram = histogramOf([Number.NaN, -1, Number.POSITIVE_INFINITY]);
    assert.equal(histogram.count, 0);
    assert.equal(histogram.percentiles(), undefined);
    assert.equal(histogram.max, undefined);
    assert.deepEqual(Histogram.from(histogram.toJSON()).toJSON(), []);
    assert.throws(() => Histogram.from([1, 2]), TypeError);
  });
});
