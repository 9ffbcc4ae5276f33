import assert from "node:assert/strict";
import { test } from "node:test";
import { UpstreamError } from "../../failures/mod.ts";
import type { ProviderRequest } from "../provider.ts";
import { buildRequestBody } from "./request.ts";

const REQUEST: ProviderRequest = { model: "command", messages: [{ role: "user", content: "سؤال" }], parameters: {} };
const tool = (name: string, fields: object = {}) => ({ type: "function", function: { name, ...fields } });

test("buildRequestBody() puts the parameters into Cohere's words and passes on what it does not know", () => {
  const parameters = {
    temperature: 0.3,
    top_p: 0.9,
    top_k: 40,
    stop: "END",
    max_completion_tokens: 50,
    reasoning_effort: "none",
    response_format: { type: "json_schema", json_schema: { name: "n", schema: { type: "object" } } },
    safety_mode: "NONE",
    user: "u",
    seed: null,
  };
  assert.deepEqual(buildRequestBody({ ...REQUEST, parameters, maxOutputTokens: 100 }), {
    temperature: 0.3,
    p: 0.9,
    k: 40,
    stop_sequences: ["END"],
    max_tokens: 50,
    thinking: { type: "disabled" },
    response_format: { type: "json_object", json_schema: { type: "object" } },
    safety_mode: "NONE",
    model: "command",
    messages: [{ role: "user", content: "سؤال" }],
    stream: true,
  });
});

test("buildRequestBody() carries a round of tool calls with the plan behind them", () => {
  const call = { id: "c1", type: "function", function: { name: "f", arguments: "{}" } };
  const { messages } = buildRequestBody({
    ...REQUEST,
    messages: [
      {
        role: "developer",
        content: [
          { type: "text", text: "Be" },
          { type: "text", text: "brief" },
        ],
      },
      { role: "assistant", content: null, reasoning_content: "I will look", tool_calls: [call] },
      { role: "tool", tool_call_id: "c1", content: "41°" },
      { role: "assistant", content: "حار", reasoning_content: "not sent back" },
      { role: "user", content: [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }] },
    ],
  });
  assert.deepEqual(messages, [
    { role: "system", content: "Be\nbrief" },
    { role: "assistant", tool_plan: "I will look", tool_calls: [call] },
    { role: "tool", tool_call_id: "c1", content: "41°" },
    { role: "assistant", content: "حار" },
    { role: "user", content: [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }] },
  ]);
});

test("buildRequestBody() leaves a named tool no other choice", () => {
  const body = (tool_choice: unknown) =>
    buildRequestBody({ ...REQUEST, parameters: { tools: [tool("f", { strict: true }), tool("g")], tool_choice } });
  const named = body({ type: "function", function: { name: "f" } });
  assert.deepEqual([named.tools, named.tool_choice, named.strict_tools], [[tool("f")], "REQUIRED", true]);
  assert.deepEqual(body("none").tool_choice, "NONE");
  assert.deepEqual(body("required").tool_choice, "REQUIRED");
  assert.deepEqual([body("auto").tool_choice, body("auto").tools], [undefined, [tool("f"), tool("g")]]);
});

test("buildRequestBody() leaves to another target what Cohere lacks", () => {
  for (const parameters of [{ n: 2 }, { logprobs: true }, { logit_bias: { 1: 1 } }, { tools: [{ type: "custom" }] }]) {
    const build = () => buildRequestBody({ ...REQUEST, parameters });
    assert.throws(build, (error) => error instanceof UpstreamError && error.failure.code === "unsupported-feature");
  }
  const messages = [{ role: "user" as const, content: [{ type: "input_audio" }] }];
  assert.throws(() => buildRequestBody({ ...REQUEST, messages }), UpstreamError);
});
