import assert from "node:assert/strict";
import { test } from "node:test";
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
