import assert from "node:assert/strict";
import { test } from "node:test";
import { presetOf } from "../catalogue/mod.ts";
import type { ProviderRequest } from "../provider.ts";
import { buildRequestBody } from "./request.ts";

const request = (parameters: Record<string, unknown>, maxOutputTokens?: number): ProviderRequest => ({
  model: "m",
  messages: [{ role: "user", content: "Hi", name: "kept" }],
  parameters,
  ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
});

test("buildRequestBody() passes the caller's parameters through, but not those that are ours", () => {
  const parameters = {
    temperature: 0.2,
    unknown_field: { a: [1] },
    stream: false,
    model: "other",
    messages: [],
    stream_options: { include_usage: false, include_obfuscation: false },
  };
  assert.deepEqual(buildRequestBody(request(parameters), { maxTokensField: "max_tokens" }), {
    temperature: 0.2,
    unknown_field: { a: [1] },
    stream: true,
    model: "m",
    messages: [{ role: "user", content: "Hi", name: "kept" }],
    stream_options: { include_usage: true, include_obfuscation: false },
  });
});

test("buildRequestBody() limits the output under the caller's name for it, and keeps a smaller limit", () => {
  const limits = (
    parameters: Record<string, unknown>,
    field: "max_tokens" | "max_completion_tokens" = "max_tokens",
  ) => {
    const { max_tokens, max_completion_tokens } = buildRequestBody(request(parameters, 1000), {
      maxTokensField: field,
    });
    return [max_tokens, max_completion_tokens];
  };
  assert.deepEqual(limits({}), [1000, undefined]);
  assert.deepEqual(limits({}, "max_completion_tokens"), [undefined, 1000]);
  assert.deepEqual(limits({ max_tokens: 10 }), [10, undefined]);
  assert.deepEqual(limits({ max_tokens: 5000 }), [1000, undefined]);
  assert.deepEqual(limits({ max_completion_tokens: 10 }), [undefined, 10]);
  assert.deepEqual(limits({ max_completion_tokens: 5000 }), [undefined, 1000]);
  assert.deepEqual(limits({ max_tokens: 10 }, "max_completion_tokens"), [10, undefined]);
  const { max_tokens } = buildRequestBody(request({ max_tokens: 5 }), { maxTokensField: "max_tokens" });
  assert.equal(max_tokens, 5, "no ceiling, no change");
});

test("buildRequestBody() hands over the beginning of the model's message in the provider's own way", () => {
  const prefilled = { ...request({}), prefill: "Once upon" };
  const last = (body: Record<string, unknown>) => (body.messages as unknown[]).at(-1);
  const ownMessage = { role: "assistant", content: "Once upon" };
  assert.deepEqual(
    last(buildRequestBody(prefilled, { maxTokensField: "max_tokens", prefillStyle: "trailing" })),
    ownMessage,
  );
  assert.deepEqual(last(buildRequestBody(prefilled, { maxTokensField: "max_tokens", prefillStyle: "prefix" })), {
    ...ownMessage,
    prefix: true,
  });
  assert.deepEqual(last(buildRequestBody(prefilled, { maxTokensField: "max_tokens", prefillStyle: "partial" })), {
    ...ownMessage,
    partial: true,
  });
  const vllm = buildRequestBody(prefilled, { maxTokensField: "max_tokens", prefillStyle: "continue-final-message" });
  assert.deepEqual(last(vllm), ownMessage);
  assert.equal(vllm.continue_final_message, true);
  assert.equal(vllm.add_generation_prompt, false);
});

test("buildRequestBody() gives fields the names that a provider has for them, and leaves out those it refuses", () => {
  const mistral = {
    renames: { seed: "random_seed", max_completion_tokens: "max_tokens" },
    refuses: ["stream_options"],
  };
  const body = buildRequestBody(request({ seed: 7, max_completion_tokens: 50, top_p: 1 }, 20), mistral);
  assert.deepEqual(body, {
    random_seed: 7,
    max_tokens: 20,
    top_p: 1,
    model: "m",
    messages: [{ role: "user", content: "Hi", name: "kept" }],
    stream: true,
  });
  const both = buildRequestBody(request({ seed: 7, random_seed: 8 }), mistral);
  assert.deepEqual([both.seed, both.random_seed], [undefined, 8], "the provider's own name wins");
});

test("buildRequestBody() leaves out what a strict server refuses, and nothing that was said", () => {
  const quirks = presetOf("openai")?.chat;
  const messages = [
    { role: "user" as const, content: [{ type: "text", text: "Hi", cache_control: { type: "ephemeral" } }] },
    {
      role: "assistant" as const,
      content: [
        { type: "thinking", thinking: "hm", signature: "s" },
        { type: "text", text: "Hello" },
      ],
      reasoning_details: [{ type: "reasoning.text", text: "hm" }],
      reasoning_content: "hm",
      tool_calls: [
        { id: "1", type: "function", function: { name: "f", arguments: "{}" }, extra_content: { google: {} } },
      ],
    },
    { role: "tool" as const, tool_call_id: "1", content: "no", is_error: true },
  ];
  const tools = [{ type: "function", function: { name: "f" }, cache_control: { type: "ephemeral" } }];
  const parameters = { max_tokens: 9, tools, reasoning: { effort: "low" }, top_k: 3, temperature: 1 };
  const body = buildRequestBody({ model: "gpt-5", messages, parameters, maxOutputTokens: 20 }, quirks);
  assert.deepEqual(body, {
    temperature: 1,
    tools: [{ type: "function", function: { name: "f" } }],
    model: "gpt-5",
    messages: [
      { role: "user", content: [{ type: "text", text: "Hi" }] },
      {
        role: "assistant",
        content: [{ type: "text", text: "Hello" }],
        tool_calls: [{ id: "1", type: "function", function: { name: "f", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "1", content: "no" },
    ],
    stream: true,
    stream_options: { include_usage: true },
    max_completion_tokens: 9,
    reasoning_effort: "low",
  });
  const lenient = buildRequestBody({ model: "m", messages, parameters });
  assert.deepEqual([lenient.messages, lenient.tools, lenient.max_tokens], [messages, tools, 9]);
});
