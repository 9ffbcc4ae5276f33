import assert from "node:assert/strict";
import { test } from "node:test";
import { UpstreamError } from "../../failures/mod.ts";
import { startUpstream } from "../../testing/upstream.ts";
import { collectResult } from "../../testing/wire_comparison.ts";
import type { ChatMessage } from "../chat_message.ts";
import type { ProviderRequest } from "../mod.ts";
import { OllamaProvider } from "./mod.ts";
import { buildRequestBody } from "./request.ts";

const build = (parameters: Record<string, unknown>, rest: Partial<ProviderRequest> = {}) =>
  buildRequestBody({ model: "qwen3", messages: [{ role: "user", content: "Hi" }], parameters, ...rest });
const messagesOf = (...messages: unknown[]) => build({}, { messages: messages as ChatMessage[] }).messages;
const PNG = "iVBORw0KGgo=";

function assertRefused(run: () => unknown, what: RegExp): void {
  assert.throws(run, (error) => {
    assert.ok(error instanceof UpstreamError);
    assert.deepEqual([error.failure.code, error.failure.action], ["unsupported-feature", "fallback"]);
    assert.match(error.failure.detail ?? "", what);
    return true;
  });
}

test("OllamaProvider posts to the chat endpoint below its base URL, with a key only where there is one", async () => {
  const upstream = await startUpstream(({ response }) =>
    response.writeHead(200).end('{"message":{"content":"ok"},"done":true,"done_reason":"stop"}\n'),
  );
  try {
    const request: ProviderRequest = { model: "m", messages: [{ role: "user", content: "سؤال" }], parameters: {} };
    const context = { signal: new AbortController().signal, timeouts: { connectMs: 1000 } };
    const baseUrl = `${upstream.url}/api/`;
    const { text } = await collectResult(new OllamaProvider({ name: "p", baseUrl }).stream(request, context));
    await collectResult(new OllamaProvider({ name: "p", baseUrl, apiKey: "k" }).stream(request, context));
    assert.equal(text, "ok");
    const [local, cloud] = upstream.exchanges;
    assert.deepEqual([local?.request.method, local?.request.url], ["POST", "/api/chat"]);
    assert.deepEqual(
      [local?.request.headers.authorization, cloud?.request.headers.authorization],
      [undefined, "Bearer k"],
    );
    assert.equal(local?.request.headers.accept, "application/x-ndjson");
    assert.deepEqual(JSON.parse(local?.body ?? ""), {
      model: "m",
      messages: [{ role: "user", content: "سؤال" }],
      stream: true,
    });
  } finally {
    await upstream.close();
  }
});

test("OllamaProvider calls nobody for a request that it refuses", async () => {
  let calls = 0;
  const fetch = async () => {
    calls++;
    return new Response("");
  };
  const provider = new OllamaProvider({ name: "p", baseUrl: "http://127.0.0.1/api", fetch });
  const { batches, failure } = await collectResult(
    provider.stream(
      { model: "m", messages: [{ role: "user", content: "Hi" }], parameters: { n: 2 } },
      { signal: new AbortController().signal, timeouts: { connectMs: 1000 } },
    ),
  );
  assert.deepEqual([calls, batches, failure?.code, failure?.action], [0, [], "unsupported-feature", "fallback"]);
});

test("buildRequestBody() puts sampling into the options, and passes unknown fields through", () => {
  const sampling = { temperature: 0, top_p: 0.9, top_k: 40, seed: 7, presence_penalty: 0.1, frequency_penalty: 0.2 };
  assert.deepEqual(
    build({
      ...sampling,
      stop: "END",
      n: 1,
      stream: false,
      model: "x",
      keep_alive: "5m",
      logprobs: true,
      new_field: 1,
    }),
    {
      model: "qwen3",
      messages: [{ role: "user", content: "Hi" }],
      stream: true,
      options: { ...sampling, stop: ["END"] },
      keep_alive: "5m",
      logprobs: true,
      new_field: 1,
    },
  );
  assert.deepEqual(build({ temperature: 1, stop: ["a", "b"], options: { temperature: 0.5, num_ctx: 8192 } }).options, {
    temperature: 0.5,
    stop: ["a", "b"],
    num_ctx: 8192,
  });
  assert.equal("options" in build({ temperature: null, stop: null }), false);
});

test("buildRequestBody() limits the output by the smallest of all limits", () => {
  const limit = (parameters: Record<string, unknown>, maxOutputTokens?: number) =>
    (build(parameters, maxOutputTokens === undefined ? {} : { maxOutputTokens }).options as Record<string, unknown>)
      ?.num_predict;
  assert.equal(limit({}), undefined);
  assert.equal(limit({}, 100), 100);
  assert.equal(limit({ max_tokens: 10 }, 100), 10);
  assert.equal(limit({ max_completion_tokens: 500, max_tokens: 700 }, 100), 100);
  assert.equal(limit({ options: { num_predict: 10 } }, 100), 10);
  assert.equal(limit({ options: { num_predict: -1 } }, 100), 100, "below zero is no limit");
});

test("buildRequestBody() asks for a format and for thinking", () => {
  const schema = { type: "object", properties: { a: { type: "string" } } };
  assert.equal(build({ response_format: { type: "json_object" } }).format, "json");
  assert.deepEqual(
    build({ response_format: { type: "json_schema", json_schema: { name: "x", schema } } }).format,
    schema,
  );
  assert.equal("format" in build({ response_format: { type: "text" } }), false);
  assert.equal(build({ reasoning_effort: "high" }).think, true);
  assert.equal(build({ reasoning_effort: "none" }).think, false);
  assert.equal(build({ reasoning_effort: "high" }, { model: "gpt-oss:20b" }).think, "high");
  assert.equal(build({ reasoning_effort: "minimal" }, { model: "gpt-oss:20b" }).think, "low");
  assert.equal(build({ think: false, reasoning_effort: "high" }).think, false, "the caller's own word wins");
  assert.equal("think" in build({ reasoning_effort: null }), false);
});

test("buildRequestBody() hands over the tools, and none where none may be called", () => {
  const tool = { type: "function", function: { name: "f", parameters: { type: "object" } } };
  assert.deepEqual(build({ tools: [tool], tool_choice: "auto" }).tools, [tool]);
  assert.deepEqual(build({ functions: [tool.function], function_call: "auto" }).tools, [tool]);
  assert.equal("tools" in build({ tools: [tool], tool_choice: "none" }), false);
  assert.equal("tool_choice" in build({ tools: [tool], tool_choice: "auto" }), false);
});

test("buildRequestBody() refuses what the endpoint lacks, so that the next target is asked", () => {
  const tools = [{ type: "function", function: { name: "f" } }];
  assertRefused(() => build({ n: 2 }), /'n'/);
  assertRefused(() => build({ logit_bias: { 5: -100 } }), /logit_bias/);
  assertRefused(() => build({ modalities: ["text", "audio"] }), /other than text/);
  assertRefused(() => build({ tools, tool_choice: "required" }), /forces/);
  assertRefused(() => build({ tools, tool_choice: { type: "function", function: { name: "f" } } }), /forces/);
  assertRefused(() => build({ tools, parallel_tool_calls: false }), /one tool call/);
  assertRefused(() => build({ tools: [{ type: "custom", custom: { name: "f" } }] }), /no functions/);
  assertRefused(() => build({ response_format: { type: "grammar" } }), /grammar/);
  assert.doesNotThrow(() => build({ logit_bias: {}, modalities: ["text"], parallel_tool_calls: false, n: null }));
});

test("buildRequestBody() gives images as base64, and refuses those that it would have to fetch", () => {
  const image = (url: string) => ({ role: "user", content: [{ type: "image_url", image_url: { url } }] });
  assert.deepEqual(
    messagesOf({
      role: "user",
      content: [
        { type: "text", text: "What" },
        { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}`, detail: "low" } },
        { type: "text", text: "is this?" },
      ],
    }),
    [{ role: "user", content: "What\nis this?", images: [PNG] }],
  );
  assertRefused(() => messagesOf(image("https://example.com/a.png")), /data URL/);
  assertRefused(() => messagesOf({ role: "user", content: [{ type: "input_audio", input_audio: {} }] }), /input_audio/);
});

test("buildRequestBody() translates calls and their results", () => {
  assert.deepEqual(
    messagesOf(
      { role: "developer", content: "Be brief" },
      {
        role: "assistant",
        content: null,
        reasoning_content: "hm",
        tool_calls: [{ id: "c1", type: "function", function: { name: "f", arguments: '{"x":1}' } }],
      },
      { role: "tool", tool_call_id: "c1", content: [{ type: "text", text: "42" }] },
    ),
    [
      { role: "system", content: "Be brief" },
      {
        role: "assistant",
        content: "",
        thinking: "hm",
        tool_calls: [{ id: "c1", function: { name: "f", arguments: { x: 1 } } }],
      },
      { role: "tool", content: "42", tool_name: "f", tool_call_id: "c1" },
    ],
  );
  const call = (text: string) => ({ role: "assistant", tool_calls: [{ function: { name: "f", arguments: text } }] });
  assertRefused(() => messagesOf(call("{")), /no JSON object/);
  assert.doesNotThrow(() => messagesOf(call("")));
});

test("buildRequestBody() takes the oldest vocabulary for calls", () => {
  assert.deepEqual(
    messagesOf(
      { role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } },
      { role: "function", name: "f", content: "1" },
    ),
    [
      { role: "assistant", content: "", tool_calls: [{ function: { name: "f", arguments: {} } }] },
      { role: "tool", content: "1", tool_name: "f" },
    ],
  );
});
