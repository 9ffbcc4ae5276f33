import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageReports } from "./usage.ts";

/** What a reader knows after the reports. */
function readAll(...reports: unknown[]) {
  const usage = new UsageReports();
  return reports.map((report) => usage.push(report)).findLast((known) => known !== undefined);
}

test("UsageReports counts what was read from the cache and written to it as input", () => {
  const report = {
    input_tokens: 10,
    cache_read_input_tokens: 100,
    cache_creation_input_tokens: 1000,
    output_tokens: 1,
  };
  const input = { inputTokens: 1110, cachedInputTokens: 100, outputTokens: 1 };
  assert.deepEqual(readAll(report), { ...input, cacheWriteTokens: 1000 });
  const hour = { ephemeral_5m_input_tokens: 400, ephemeral_1h_input_tokens: 600 };
  assert.deepEqual(readAll({ ...report, cache_creation: hour }), input, "two prices, so no one count");
  assert.deepEqual(readAll({ input_tokens: 10, cache_read_input_tokens: null }), { inputTokens: 10 });
});

test("UsageReports puts the reports at both ends of a stream together", () => {
  assert.deepEqual(
    readAll(
      { input_tokens: 25, output_tokens: 1 },
      { output_tokens: 8, output_tokens_details: { thinking_tokens: 5 } },
    ),
    { inputTokens: 25, outputTokens: 8, reasoningTokens: 5 },
  );
  const start = { input_tokens: 25, cache_read_input_tokens: 5, output_tokens: 1 };
  assert.deepEqual(readAll(start, { input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 8 }), {
    inputTokens: 30,
    cachedInputTokens: 5,
    outputTokens: 8,
  });
  assert.deepEqual(readAll({ input_tokens: 0, output_tokens: 0 }, { input_tokens: 32, output_tokens: 16 }), {
    inputTokens: 32,
    outputTokens: 16,
  });
});

test("UsageReports passes on news only", () => {
  const usage = new UsageReports();
  assert.notEqual(usage.push({ input_tokens: 1 }), undefined);
  assert.equal(usage.push({ input_tokens: 1 }), undefined);
  assert.equal(usage.push(null), undefined);
  assert.equal(usage.push({ service_tier: "standard" }), undefined);
});
