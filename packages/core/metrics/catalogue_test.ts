import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Measure } from "./catalogue.ts";
import { CATALOGUE } from "./catalogue.ts";
import { exposition } from "./exposition.ts";
import { Meter } from "./meter.ts";

const rows: Measure[] = Object.values(CATALOGUE);

describe("CATALOGUE", () => {
  test("names every measure once, as Prometheus wants names, units and labels", () => {
    assert.equal(new Set(rows.map(({ name }) => name)).size, rows.length);
    const suffixes = { seconds: "_seconds", dollars: "_dollars", bytes: "_bytes", tokens: "_tokens" };
    for (const { name, kind, unit, labels } of rows) {
      assert.match(name, /^[a-z][a-z0-9_]*$/);
      assert.equal(name.endsWith("_total"), kind === "counter", name);
      if (unit in suffixes) assert.ok(name.includes(suffixes[unit as keyof typeof suffixes]), name);
      for (const label of labels) assert.match(label, /^(?!__)[a-z_]+$/);
      assert.ok(!labels.includes("le") && !labels.includes("quantile"), name);
    }
  });

  test("tells the meaning in both languages, and bounds for histograms alone", () => {
    for (const { name, kind, meaning, buckets } of rows) {
      assert.match(meaning.en, /^\S.*[^.\s]$/, name);
      assert.match(meaning.ar, /\p{Script=Arabic}/u, name);
      assert.equal(buckets !== undefined, kind === "histogram", name);
      if (buckets) assert.ok(buckets[0] < buckets[1], name);
    }
  });
});

describe("exposition()", () => {
  test("writes counters, gauges and cumulative buckets in seconds, and escapes what callers named", () => {
    const meter = new Meter();
    meter.add("answersStarted", { route: 'a"b\\c\nd' }, 2);
    meter.read("runningAnswers", () => [{ labels: {}, value: 3 }]);
    for (const ms of [1, 1.5, 4_000, 999_999]) meter.observe("rescueFreeze", { route: "default" }, ms);
    const lines = exposition(meter).split("\n");
    assert.ok(lines.includes("# TYPE cogniforge_answers_started_total counter"));
    assert.ok(lines.includes('cogniforge_answers_started_total{route="a\\"b\\\\c\\nd"} 2'));
    assert.ok(lines.includes("cogniforge_running_answers 3"));
    const freeze = lines.filter((line) => line.startsWith("cogniforge_rescue_freeze_seconds"));
    assert.deepEqual(
      [freeze[0], freeze[1], freeze[12], ...freeze.slice(-3)],
      [
        'cogniforge_rescue_freeze_seconds_bucket{route="default",le="0.001"} 1',
        'cogniforge_rescue_freeze_seconds_bucket{route="default",le="0.002"} 2',
        'cogniforge_rescue_freeze_seconds_bucket{route="default",le="4.096"} 3',
        'cogniforge_rescue_freeze_seconds_bucket{route="default",le="+Inf"} 4',
        'cogniforge_rescue_freeze_seconds_sum{route="default"} 1004.0015',
        'cogniforge_rescue_freeze_seconds_count{route="default"} 4',
      ],
    );
  });

  test("gives a measure without labels from the start", () => {
    const text = exposition(new Meter());
    assert.match(text, /^cogniforge_journal_commits_total 0$/m);
    assert.match(text, /^cogniforge_added_latency_seconds_bucket\{le="\+Inf"\} 0$/m);
  });
});

test("Meter bounds the series of a measure, and loses none of its counts", () => {
  const meter = new Meter();
  for (let index = 0; index < 2_000; index++) meter.add("answersStarted", { route: `route-${index}` });
  const samples = meter.samples("answersStarted");
  assert.equal(samples.length, 501);
  assert.equal(
    samples.reduce((sum, { value }) => sum + (value as number), 0),
    2_000,
  );
  assert.equal(samples.find(({ labels }) => labels.route === "other")?.value, 1_500);
});
