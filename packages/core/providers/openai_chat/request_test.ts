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
  assert.deepEqual(buildRequestBody(request(parameters), "max_tokens"), {
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
    const { max_tokens, max_completion_tokens } = buildRequestBody(request(parameters, 1000), field);
    return [max_tokens, max_completion_tokens];
  };
  assert.deepEqual(limits({}), [1000, undefined]);
  assert.deepEqual(limits({}, "max_completion_tokens"), [undefined, 1000]);
  assert.deepEqual(limits({ max_tokens: 10 }), [10, undefined]);
  assert.deepEqual(limits({ max_tokens: 5000 }), [1000, undefined]);
  assert.deepEqual(limits({ max_completion_tokens: 10 }), [undefined, 10]);
  assert.deepEqual(limits({ max_completion_tokens: 5000 }), [undefined, 1000]);
  assert.deepEqual(limits({ max_tokens: 10 }, "max_completion_tokens"), [10, undefined]);
  const { max_tokens } = buildRequestBody(request({ max_tokens: 5 }), "max_tokens");
  assert.equal(max_tokens, 5, "no ceiling, no change");
});
