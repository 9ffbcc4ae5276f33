import assert from "node:assert/strict";
import { test } from "node:test";
import { Histogram } from "./histogram.ts";
import { summarize } from "./record.ts";

test("summarize() gives the median and half the range as its share", () => {
  assert.deepEqual(summarize([3, 1, 2]), { median: 2, min: 1, max: 3, spread: 0.5 });
  assert.deepEqual(summarize([4, 2]), { median: 3, min: 2, max: 4, spread: 1 / 3 });
  assert.throws(() => summarize([]), RangeError);
});

test("Histogram gives percentiles to two percent, and the maximum exactly", () => {
  const histogram = new Histogram();
  for (let value = 1; value <= 10_000; value++) histogram.add(value);
  const { count, p50, p99, max } = histogram.summary();
  assert.deepEqual([count, max], [10_000, 10_000]);
  assert.ok(Math.abs(p50 / 5_000 - 1) <= 0.02, String(p50));
  assert.ok(Math.abs(p99 / 9_900 - 1) <= 0.02, String(p99));
});
