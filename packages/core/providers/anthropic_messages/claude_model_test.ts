import assert from "node:assert/strict";
import { test } from "node:test";
import { AnthropicMessagesProvider } from "./anthropic_messages_provider.ts";
import { traitsOf } from "./claude_model.ts";

test("AnthropicMessagesProvider accepts the beginning of a message for models before 4.6, in any spelling", () => {
  const provider = new AnthropicMessagesProvider({ name: "a", baseUrl: "http://127.0.0.1/v1" });
  const accepts = {
    "claude-3-haiku-20240307": true,
    "claude-3-5-sonnet-latest": true,
    "anthropic/claude-3.7-sonnet:thinking": true,
    "claude-sonnet-4-20250514": true,
    "claude-opus-4-1@20250805": true,
    "us.anthropic.claude-sonnet-4-5-20250929-v1:0": true,
    "claude-2.1": true,
    "claude-opus-4-6": false,
    "anthropic/claude-opus-4.6": false,
    "us.anthropic.claude-opus-4-6-v1": false,
    "claude-sonnet-4-6[1m]": false,
    "claude-opus-4-10": false,
    "claude-haiku-5-5": false,
    "claude-mythos-preview": false,
    "~anthropic/claude-sonnet-latest": false,
    "kimi-k2": false,
    "deepseek-chat": false,
  };
  for (const [model, wanted] of Object.entries(accepts)) assert.equal(provider.acceptsPrefill(model), wanted, model);
});

test("traitsOf() knows how long an answer can be", () => {
  const longest = (model: string) => traitsOf(model).maxOutputTokens;
  assert.equal(longest("claude-3-opus-20240229"), 4096);
  assert.equal(longest("claude-3-5-haiku-20241022"), 8192);
  assert.equal(longest("claude-3-7-sonnet-20250219"), 64_000);
  assert.equal(longest("claude-opus-4-20250514"), 32_000);
  assert.equal(longest("claude-opus-4-5"), 64_000);
  assert.equal(longest("claude-opus-4-8"), 128_000);
  assert.equal(longest("MiniMax-M2"), undefined);
});

test("AnthropicMessagesProvider refuses a default ceiling that is none", () => {
  for (const defaultMaxTokens of [0, 1.5, Number.NaN]) {
    assert.throws(
      () => new AnthropicMessagesProvider({ name: "a", baseUrl: "http://127.0.0.1/v1", defaultMaxTokens }),
      RangeError,
    );
  }
});
