import assert from "node:assert/strict";
import { test } from "node:test";
import { readUsage } from "./usage.ts";

test("readUsage() finds usage wherever a provider puts it, and leaves unknown what is not said", () => {
  const usage = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 };
  const wanted = { usage: { inputTokens: 5, outputTokens: 7 }, cost: undefined };
  assert.deepEqual(readUsage({ usage }), wanted);
  assert.deepEqual(readUsage({ usage: null, x_groq: { usage } }), wanted);
  assert.deepEqual(readUsage({ usage: { input_tokens: 5, output_tokens: 7 } }), wanted);
  assert.equal(readUsage({ usage: null }), undefined);
  assert.equal(readUsage({ x_groq: { id: "req" } }), undefined);
  assert.deepEqual(readUsage({ usage: { prompt_tokens: null, completion_tokens: "seven" } }), {
    usage: undefined,
    cost: undefined,
  });
});

test("readUsage() reads the cached part under the names of OpenAI, DeepSeek and Together", () => {
  for (const cached of [
    { prompt_tokens_details: { cached_tokens: 3 } },
    { prompt_cache_hit_tokens: 3, prompt_cache_miss_tokens: 2 },
    { cached_tokens: 3 },
  ]) {
    assert.equal(readUsage({ usage: { prompt_tokens: 5, ...cached } })?.usage?.cachedInputTokens, 3);
  }
});

test("readUsage() adds xAI's reasoning, which its total shows to stand beside the completion", () => {
  const details = { completion_tokens_details: { reasoning_tokens: 290 } };
  const beside = { prompt_tokens: 12, completion_tokens: 1, total_tokens: 303, ...details };
  assert.deepEqual(readUsage({ usage: beside })?.usage, { inputTokens: 12, outputTokens: 291, reasoningTokens: 290 });
  const within = { prompt_tokens: 12, completion_tokens: 291, total_tokens: 303, ...details };
  assert.deepEqual(readUsage({ usage: within })?.usage, { inputTokens: 12, outputTokens: 291, reasoningTokens: 290 });
});

test("readUsage() reads the cost that xAI states in ticks", () => {
  assert.equal(readUsage({ usage: { prompt_tokens: 1, cost_in_usd_ticks: 37_756_000 } })?.cost, 0.0037756);
  assert.equal(readUsage({ usage: { prompt_tokens: 1, cost_in_usd_ticks: "one" } })?.cost, undefined);
  assert.equal(readUsage({ usage: { prompt_tokens: 1, cost_in_usd_ticks: 0 } })?.cost, undefined);
});

test("readUsage() reads the cost as OpenRouter and as Perplexity state it", () => {
  assert.equal(readUsage({ usage: { prompt_tokens: 1, cost: 0.00019 } })?.cost, 0.00019);
  assert.equal(readUsage({ usage: { prompt_tokens: 1, cost: 0 } })?.cost, 0);
  assert.equal(
    readUsage({ usage: { prompt_tokens: 1, cost: { total_cost: 0.005, request_cost: 0.004 } } })?.cost,
    0.005,
  );
  assert.equal(readUsage({ usage: { prompt_tokens: 1, cost: "dear" } })?.cost, undefined);
});
