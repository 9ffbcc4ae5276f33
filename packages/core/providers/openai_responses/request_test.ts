import assert from "node:assert/strict";
import { test } from "node:test";
import { UpstreamError } from "../../failures/mod.ts";
import { startUpstream } from "../../testing/upstream.ts";
import { collectResult } from "../../testing/wire_comparison.ts";
import type { ChatMessage } from "../chat_message.ts";
import type { ProviderRequest } from "../mod.ts";
import { OpenAiResponsesProvider } from "./mod.ts";
import { buildRequestBody } from "./request.ts";

const build = (parameters: Record<string, unknown>, rest: Partial<ProviderRequest> = {}) =>
  buildRequestBody({ model: "gpt-5", messages: [{ role: "user", content: "Hi" }], parameters, ...rest });
const convert = (...messages: unknown[]) => {
  const { instructions, input } = build({}, { messages: messages as ChatMessage[] });
  return instructions === undefined ? input : { instructions, input };
};
const user = (text: string) => ({ type: "message", role: "user", content: [{ type: "input_text", text }] });

function assertRefused(run: () => unknown, what: RegExp): void {
  assert.throws(run, (error) => {
    assert.ok(error instanceof UpstreamError);
    assert.deepEqual([error.failure.code, error.failure.action], ["unsupported-feature", "fallback"]);
    assert.match(error.failure.detail ?? "", what);
    return true;
  });
}

test("OpenAiResponsesProvider posts to the responses below its base URL, and has nothing stored", async () => {
  const upstream = await startUpstream(({ response }) =>
    response
      .writeHead(200)
      .end('data: {"type":"response.completed","response":{"status":"completed","output":[]}}\n\n'),
  );
  try {
    const { finishes } = await collectResult(
      new OpenAiResponsesProvider({ name: "p", baseUrl: `${upstream.url}/v1?api-version=1`, apiKey: "sk-test" }).stream(
        { model: "gpt-5", messages: [{ role: "user", content: "سؤال" }], parameters: { store: true } },
        { signal: new AbortController().signal, timeouts: { connectMs: 1000 } },
      ),
    );
    assert.equal(finishes.length, 1);
    const [exchange] = upstream.exchanges;
    assert.deepEqual([exchange?.request.method, exchange?.request.url], ["POST", "/v1/responses?api-version=1"]);
    assert.equal(exchange?.request.headers.authorization, "Bearer sk-test");
    assert.equal(exchange?.request.headers.accept, "text/event-stream");
    assert.deepEqual(JSON.parse(exchange?.body ?? ""), {
      model: "gpt-5",
      input: [user("سؤال")],
      stream: true,
      store: false,
      include: ["reasoning.encrypted_content"],
    });
  } finally {
    await upstream.close();
  }
});

test("OpenAiResponsesProvider calls nobody for a request that it refuses", async () => {
  let calls = 0;
  const fetch = async () => {
    calls++;
    return new Response("");
  };
  const provider = new OpenAiResponsesProvider({ name: "p", baseUrl: "http://127.0.0.1", fetch });
  const { batches, failure } = await collectResult(
    provider.stream(
      { model: "m", messages: [{ role: "user", content: "Hi" }], parameters: { stop: "END" } },
      { signal: new AbortController().signal, timeouts: { connectMs: 1000 } },
    ),
  );
  assert.deepEqual([calls, batches, failure?.code, failure?.action], [0, [], "unsupported-feature", "fallback"]);
});

test("buildRequestBody() translates the chat vocabulary, and passes unknown fields through", () => {
  const body = build({
    temperature: 0.2,
    unknown_field: { a: [1] },
    metadata: { a: "b" },
    reasoning_effort: "high",
    verbosity: "low",
    max_completion_tokens: 500,
    logprobs: true,
    top_logprobs: 3,
    n: 1,
    stop: null,
    presence_penalty: 0,
    stream: false,
    stream_options: { include_usage: true },
    response_format: { type: "json_schema", json_schema: { name: "x", strict: true, schema: { type: "object" } } },
  });
  assert.deepEqual(body, {
    temperature: 0.2,
    unknown_field: { a: [1] },
    metadata: { a: "b" },
    top_logprobs: 3,
    model: "gpt-5",
    input: [user("Hi")],
    stream: true,
    store: false,
    text: { format: { type: "json_schema", name: "x", strict: true, schema: { type: "object" } }, verbosity: "low" },
    reasoning: { effort: "high", summary: "auto" },
    max_output_tokens: 500,
    include: ["reasoning.encrypted_content", "message.output_text.logprobs"],
  });
});

test("buildRequestBody() lets the caller's own words of this dialect win", () => {
  const body = build({
    reasoning_effort: "high",
    reasoning: { summary: "detailed" },
    response_format: { type: "json_object" },
    text: { verbosity: "high" },
    instructions: "Be brief",
    include: ["file_search_call.results"],
    stream_options: { include_usage: true, include_obfuscation: false },
  });
  assert.deepEqual(body.reasoning, { effort: "high", summary: "detailed" });
  assert.deepEqual(body.text, { format: { type: "json_object" }, verbosity: "high" });
  assert.equal(body.instructions, "Be brief");
  assert.deepEqual(body.include, ["file_search_call.results", "reasoning.encrypted_content"]);
  assert.deepEqual(body.stream_options, { include_obfuscation: false });
  assert.deepEqual(build({ reasoning_effort: "none" }).reasoning, { effort: "none" }, "nothing to sum up");
});

test("buildRequestBody() asks no model for encrypted reasoning that has none", () => {
  const include = (model: string) => build({}, { model }).include;
  for (const model of ["gpt-4o-mini", "openai/gpt-4.1", "gpt-3.5-turbo", "chatgpt-4o-latest", "gpt-5-chat-latest"]) {
    assert.equal(include(model), undefined, model);
  }
  for (const model of ["gpt-5", "o4-mini", "openai/gpt-5-mini", "gpt-oss-20b", "grok-4", "gpt-5.1-codex"]) {
    assert.deepEqual(include(model), ["reasoning.encrypted_content"], model);
  }
});

test("buildRequestBody() limits the output by the smallest of all limits", () => {
  const limit = (parameters: Record<string, unknown>, maxOutputTokens?: number) =>
    build(parameters, maxOutputTokens === undefined ? {} : { maxOutputTokens }).max_output_tokens;
  assert.equal(limit({}), undefined);
  assert.equal(limit({}, 100), 100);
  assert.equal(limit({ max_tokens: 10 }, 100), 10);
  assert.equal(limit({ max_completion_tokens: 500, max_output_tokens: 50 }, 100), 50);
});

test("buildRequestBody() flattens tools and their choice", () => {
  const parameters = { type: "object", properties: { a: {} } };
  const chat = [
    { type: "function", function: { name: "f", description: "d", parameters, strict: true } },
    { type: "function", function: { name: "g", strict: null } },
    { type: "web_search" },
  ];
  const flat = [
    { type: "function", name: "f", description: "d", parameters, strict: true },
    { type: "function", name: "g", parameters: { type: "object", properties: {} }, strict: false },
    { type: "web_search" },
  ];
  assert.deepEqual(build({ tools: chat }).tools, flat);
  const choice = (value: unknown) => build({ tools: chat, tool_choice: value }).tool_choice;
  assert.equal(choice("required"), "required");
  assert.equal(choice(null), undefined);
  assert.deepEqual(choice({ type: "function", function: { name: "f" } }), { type: "function", name: "f" });
  assert.deepEqual(choice({ type: "web_search" }), { type: "web_search" });
  assert.deepEqual(
    choice({
      type: "allowed_tools",
      allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: "f" } }] },
    }),
    { type: "allowed_tools", mode: "auto", tools: [{ type: "function", name: "f" }] },
  );
  const legacy = build({ functions: [{ name: "f", parameters }], function_call: { name: "f" } });
  assert.deepEqual(legacy.tools, [{ type: "function", name: "f", parameters, strict: false }]);
  assert.deepEqual(legacy.tool_choice, { type: "function", name: "f" });
});

test("buildRequestBody() refuses what the dialect lacks, so that the next target is asked", () => {
  assertRefused(() => build({ n: 2 }), /'n'/);
  assertRefused(() => build({ stop: ["a"] }), /'stop'/);
  assertRefused(() => build({ presence_penalty: 0.5 }), /presence_penalty/);
  assertRefused(() => build({ frequency_penalty: -1 }), /frequency_penalty/);
  assertRefused(() => build({ logit_bias: { 5: 1 } }), /logit_bias/);
  assertRefused(() => build({ seed: 0 }), /seed/);
  assertRefused(() => build({ modalities: ["audio"] }), /other than text/);
  assertRefused(() => build({ web_search_options: {} }), /web_search_options/);
  assertRefused(() => build({ tools: [{ type: "custom", custom: { name: "f" } }] }), /custom/);
  assert.doesNotThrow(() => build({ n: null, stop: [], frequency_penalty: 0, logit_bias: {}, modalities: ["text"] }));
});

test("buildRequestBody() makes instructions of what the system says first, and a developer's messages of the rest", () => {
  assert.deepEqual(
    convert(
      { role: "system", content: "One" },
      { role: "developer", content: [{ type: "text", text: "Two" }] },
      { role: "user", content: "Hi" },
      { role: "system", content: "Three" },
    ),
    {
      instructions: "One\n\nTwo",
      input: [user("Hi"), { type: "message", role: "developer", content: [{ type: "input_text", text: "Three" }] }],
    },
  );
  assert.deepEqual(
    convert({ role: "system", content: "Alone" }),
    [{ type: "message", role: "developer", content: [{ type: "input_text", text: "Alone" }] }],
    "a response needs some input",
  );
});

test("buildRequestBody() translates images and files, and refuses sound", () => {
  assert.deepEqual(
    convert({
      role: "user",
      content: [
        { type: "text", text: "See" },
        { type: "image_url", image_url: { url: "https://example.com/a.png", detail: "low" } },
        { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } },
        { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AA==" } },
      ],
    }),
    [
      {
        type: "message",
        role: "user",
        content: [
          { type: "input_text", text: "See" },
          { type: "input_image", detail: "low", image_url: "https://example.com/a.png" },
          { type: "input_image", detail: "auto", image_url: "data:image/png;base64,AA==" },
          { type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,AA==" },
        ],
      },
    ],
  );
  assertRefused(() => convert({ role: "user", content: [{ type: "input_audio", input_audio: {} }] }), /input_audio/);
});

test("buildRequestBody() translates calls, their results and a refusal", () => {
  assert.deepEqual(
    convert(
      { role: "user", content: "Hi" },
      {
        role: "assistant",
        content: "Let me see.",
        tool_calls: [
          { id: "c1", type: "function", function: { name: "f", arguments: '{"x":1}' } },
          { id: "c2", type: "function", function: { name: "g", arguments: "" } },
        ],
      },
      { role: "tool", tool_call_id: "c1", content: "42" },
      { role: "tool", tool_call_id: "c2", content: [{ type: "image_url", image_url: { url: "https://x.test/a" } }] },
      { role: "assistant", content: null, refusal: "No." },
    ),
    [
      user("Hi"),
      { type: "message", role: "assistant", content: [{ type: "output_text", text: "Let me see." }] },
      { type: "function_call", call_id: "c1", name: "f", arguments: '{"x":1}' },
      { type: "function_call", call_id: "c2", name: "g", arguments: "{}" },
      { type: "function_call_output", call_id: "c1", output: "42" },
      {
        type: "function_call_output",
        call_id: "c2",
        output: [{ type: "input_image", detail: "auto", image_url: "https://x.test/a" }],
      },
      { type: "message", role: "assistant", content: [{ type: "refusal", refusal: "No." }] },
    ],
  );
});

test("buildRequestBody() pairs the oldest vocabulary's calls with their results", () => {
  assert.deepEqual(
    convert(
      { role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } },
      { role: "function", name: "f", content: "1" },
    ),
    [
      { type: "function_call", call_id: "call_legacy_1", name: "f", arguments: "{}" },
      { type: "function_call_output", call_id: "call_legacy_1", output: "1" },
    ],
  );
});

test("buildRequestBody() brings back the reasoning that this dialect has given, before what followed it", () => {
  const own = { type: "reasoning.encrypted", data: "abc", id: "rs_1", format: "openai-responses-v1", index: 0 };
  const details = [
    { type: "reasoning.summary", summary: "hm", id: "rs_1", format: "openai-responses-v1", index: 0 },
    own,
    { type: "reasoning.encrypted", data: "zzz", id: "x", format: "anthropic-claude-v1", index: 1 },
    { type: "reasoning.text", text: "hm", signature: "s" },
  ];
  assert.deepEqual(
    convert({
      role: "assistant",
      content: null,
      reasoning_details: details,
      tool_calls: [{ id: "c1", function: { name: "f", arguments: "{}" } }],
    }),
    [
      {
        type: "reasoning",
        id: "rs_1",
        summary: [{ type: "summary_text", text: "hm" }],
        encrypted_content: "abc",
      },
      { type: "function_call", call_id: "c1", name: "f", arguments: "{}" },
    ],
  );
  assert.deepEqual(
    convert({ role: "assistant", content: "", reasoning_details: [own] }, { role: "user", content: "Hi" }),
    [user("Hi")],
    "reasoning that nothing follows is refused",
  );
});
