import assert from "node:assert/strict";
import { test } from "node:test";
import { costOf } from "./mod.ts";

const HAIKU = { input: 1, cachedInput: 0.1, cacheWrite: 1.25, output: 5 };

test("costOf() adds up each kind of token at its own price, and counts none twice", () => {
  const usage = {
    inputTokens: 1_000_000,
    cachedInputTokens: 600_000,
    cacheWriteTokens: 200_000,
    outputTokens: 100_000,
  };
  assert.deepEqual(costOf(usage, HAIKU), { amount: 0.2 + 0.06 + 0.25 + 0.5, currency: "USD", source: "table" });
  assert.equal(costOf({ inputTokens: 2_000, outputTokens: 500 }, { input: 0.15, output: 0.6 })?.amount, 0.0006);
  assert.equal(costOf({ inputTokens: 5, outputTokens: 5 }, { input: 0, output: 0 })?.amount, 0);
});

test("costOf() takes reasoning for the part of the output that it is", () => {
  const usage = { inputTokens: 0, outputTokens: 1_000_000, reasoningTokens: 900_000 };
  assert.equal(costOf(usage, { input: 1, output: 4 })?.amount, 4);
});

test("costOf() is unknown where a count is missing that has a price", () => {
  assert.equal(costOf({}, { input: 1, output: 1 }), undefined);
  assert.equal(costOf({ inputTokens: 5 }, { input: 1, output: 1 }), undefined);
  assert.equal(costOf({ outputTokens: 5 }, { input: 1, output: 1 }), undefined);
  assert.equal(costOf({ inputTokens: 5, outputTokens: 5 }, { input: 1, cachedInput: 0.5, output: 1 }), undefined);
  assert.equal(costOf({ inputTokens: 5, outputTokens: 5, cachedInputTokens: 0 }, HAIKU), undefined);
});

test("costOf() is unknown where a price is missing for what was counted", () => {
  assert.equal(costOf({ inputTokens: 5, outputTokens: 5, cachedInputTokens: 1 }, { input: 1, output: 1 }), undefined);
  assert.equal(costOf({ inputTokens: 5, outputTokens: 5, cacheWriteTokens: 1 }, { input: 1, output: 1 }), undefined);
  assert.equal(
    costOf({ inputTokens: 5, outputTokens: 5, cachedInputTokens: 0 }, { input: 1, output: 1 })?.amount,
    1e-5,
  );
});

test("costOf() is unknown for a prompt beyond the table, and for counts that do not fit together", () => {
  const price = { input: 1, output: 1, upToInputTokens: 200_000 };
  assert.equal(costOf({ inputTokens: 200_000, outputTokens: 0 }, price)?.amount, 0.2);
  assert.equal(costOf({ inputTokens: 200_001, outputTokens: 0 }, price), undefined);
  const counts = { inputTokens: 5, cachedInputTokens: 6, outputTokens: 1 };
  assert.equal(costOf(counts, { input: 1, cachedInput: 0.1, output: 1 }), undefined);
});
