import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatMessage } from "../chat_message.ts";
import { buildRequest } from "./request.ts";

const HELLO: ChatMessage = { role: "user", content: "Hi" };

function ask(model: string, parameters: Record<string, unknown>, messages: ChatMessage[] = [HELLO]) {
  const { thinking, output_config, max_tokens } = buildRequest({ model, messages, parameters }).body;
  return { thinking, output_config, max_tokens };
}

test("planThinking() shares out the answer's tokens where a model has a budget", () => {
  const budget = (parameters: Record<string, unknown>) => ask("claude-sonnet-4-5", parameters).thinking;
  assert.deepEqual(budget({ reasoning_effort: "low" }), { type: "enabled", budget_tokens: 6400 });
  assert.deepEqual(budget({ reasoning: { effort: "high" } }), { type: "enabled", budget_tokens: 25_600 });
  assert.deepEqual(budget({ reasoning: { enabled: true }, max_tokens: 4000 }), {
    type: "enabled",
    budget_tokens: 2000,
  });
  assert.deepEqual(budget({ reasoning_effort: "minimal", max_tokens: 4000 }), { type: "enabled", budget_tokens: 1024 });
  assert.deepEqual(budget({ reasoning: { max_tokens: 2000, exclude: true } }), {
    type: "enabled",
    budget_tokens: 2000,
    display: "omitted",
  });
  assert.equal(budget({ reasoning_effort: "none" }), undefined);
  assert.equal(budget({ reasoning: { enabled: false, effort: "high" } }), undefined);
  assert.equal(budget({ reasoning_effort: "high", max_tokens: 1024 }), undefined, "too short an answer to think about");
  assert.equal(ask("claude-3-5-haiku-20241022", { reasoning_effort: "high" }).thinking, undefined);
});

test("planThinking() keeps a budget below the ceiling, which it raises only where it is ours", () => {
  const thinking = { type: "enabled", budget_tokens: 10_000 };
  assert.deepEqual(ask("claude-sonnet-4-5", { thinking, max_tokens: 12_000 }), {
    thinking,
    output_config: undefined,
    max_tokens: 12_000,
  });
  assert.deepEqual(ask("claude-sonnet-4-5", { thinking, max_tokens: 10_000 }).thinking, {
    type: "enabled",
    budget_tokens: 9000,
  });
  assert.equal(ask("claude-sonnet-4-5", { thinking }).max_tokens, 42_000);
  assert.deepEqual(ask("claude-opus-4-1", { thinking: { type: "enabled", budget_tokens: 40_000 } }), {
    thinking: { type: "enabled", budget_tokens: 28_800 },
    output_config: undefined,
    max_tokens: 32_000,
  });
  assert.deepEqual(ask("glm-4.6", { thinking: { type: "enabled", budget_tokens: 5000 } }), {
    thinking: { type: "enabled", budget_tokens: 5000 },
    output_config: undefined,
    max_tokens: 13_192,
  });
});

test("planThinking() leaves it to newer models how much they think", () => {
  assert.deepEqual(ask("anthropic/claude-opus-4.6", { reasoning_effort: "xhigh" }), {
    thinking: { type: "adaptive" },
    output_config: { effort: "high" },
    max_tokens: 32_000,
  });
  assert.deepEqual(ask("claude-opus-4-6", { reasoning: { max_tokens: 2000 } }).thinking, {
    type: "enabled",
    budget_tokens: 2000,
  });
  const newest = ask("claude-opus-4-7", {
    thinking: { type: "enabled", budget_tokens: 2000 },
    reasoning_effort: "minimal",
  });
  assert.deepEqual(newest.thinking, { type: "adaptive", display: "summarized" });
  assert.deepEqual(newest.output_config, { effort: "low" });
  const own = ask("claude-sonnet-5", { thinking: { type: "adaptive" }, output_config: { effort: "max" } });
  assert.deepEqual(own.output_config, { effort: "max" });
  assert.deepEqual(ask("claude-opus-4-7", { reasoning: { effort: "high", exclude: true } }).thinking, {
    type: "adaptive",
    display: "omitted",
  });
});

test("planThinking() says so where a model would think unasked, and cannot with one that always does", () => {
  const tools = [{ type: "function", function: { name: "f" } }];
  assert.equal(ask("claude-sonnet-5", {}).thinking, undefined);
  assert.deepEqual(ask("claude-sonnet-5", { reasoning_effort: "none" }).thinking, { type: "disabled" });
  assert.deepEqual(ask("claude-sonnet-5", { tools, tool_choice: "required" }).thinking, { type: "disabled" });
  assert.equal(ask("claude-opus-4-7", { reasoning_effort: "none" }).thinking, undefined);
  assert.equal(ask("claude-fable-5", { thinking: { type: "disabled" } }).thinking, undefined);
  assert.equal(
    ask("claude-sonnet-4-5", { tools, tool_choice: "required", reasoning_effort: "high" }).thinking,
    undefined,
  );
});

test("planThinking() leaves a budget out when tools have answered and the reasoning before them is not given back", () => {
  const called = (fields: Record<string, unknown>): ChatMessage[] => [
    HELLO,
    {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "a", function: { name: "f", arguments: "{}" } }],
      ...fields,
    },
    { role: "tool", tool_call_id: "a", content: "1" },
  ];
  const effort = { reasoning_effort: "low" };
  assert.equal(ask("claude-sonnet-4-5", effort, called({})).thinking, undefined);
  const reasoning_details = [{ type: "reasoning.text", text: "hm", signature: "s", format: "anthropic-claude-v1" }];
  assert.notEqual(ask("claude-sonnet-4-5", effort, called({ reasoning_details })).thinking, undefined);
  assert.deepEqual(ask("claude-opus-4-6", effort, called({})).thinking, { type: "adaptive" });
});
