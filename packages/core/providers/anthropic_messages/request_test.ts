import assert from "node:assert/strict";
import { test } from "node:test";
import { UpstreamError } from "../../failures/mod.ts";
import type { ChatMessage } from "../chat_message.ts";
import type { ProviderRequest } from "../provider.ts";
import { buildRequest } from "./request.ts";

type Body = Record<string, unknown>;

const HELLO: ChatMessage = { role: "user", content: "Hi" };
const HELLO_TURN = { role: "user", content: [{ type: "text", text: "Hi" }] };

interface Asked extends Partial<Omit<ProviderRequest, "parameters">> {
  [parameter: string]: unknown;
}

function build({
  model = "claude-sonnet-4-5",
  messages = [HELLO],
  prefill,
  maxOutputTokens,
  ...parameters
}: Asked = {}) {
  return buildRequest({
    model,
    messages,
    parameters,
    ...(prefill !== undefined && { prefill }),
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
  });
}
const bodyOf = (asked: Asked): Body => build(asked).body;
const turnsOf = (...messages: ChatMessage[]): unknown => bodyOf({ messages }).messages;

function assertUnsupported(asked: Asked): void {
  assert.throws(
    () => build(asked),
    (error) => {
      assert.ok(error instanceof UpstreamError, String(error));
      assert.deepEqual([error.failure.code, error.failure.action], ["unsupported-feature", "fallback"]);
      return true;
    },
    JSON.stringify(asked),
  );
}

const weather = { type: "function", function: { name: "weather", parameters: { type: "object", properties: {} } } };
const call = (id: string, args: unknown) => ({ id, type: "function", function: { name: "weather", arguments: args } });

test("buildRequest() asks for a stream with the ceiling that this dialect must have", () => {
  assert.deepEqual(bodyOf({}), {
    model: "claude-sonnet-4-5",
    max_tokens: 32_000,
    messages: [HELLO_TURN],
    stream: true,
  });
  const limit = (asked: Asked) => bodyOf(asked).max_tokens;
  assert.equal(limit({ model: "claude-3-haiku-20240307" }), 4096);
  assert.equal(limit({ model: "kimi-k2" }), 8192);
  assert.equal(limit({ max_tokens: 10 }), 10);
  assert.equal(limit({ max_tokens: 10, max_completion_tokens: 20 }), 20);
  assert.equal(limit({ max_tokens: 5000, maxOutputTokens: 1000 }), 1000);
  assert.equal(limit({ maxOutputTokens: 1000 }), 1000);
  const own = buildRequest({ model: "m", messages: [HELLO], parameters: {} }, { defaultMaxTokens: 77 });
  assert.equal(own.body.max_tokens, 77);
});

test("buildRequest() passes on what nobody knows, and neither null nor hints that the API refuses", () => {
  const body = bodyOf({
    ...{
      context_management: { edits: [] },
      seed: 7,
      frequency_penalty: 1,
      stream: false,
      stream_options: {},
      stop: null,
    },
    ...{ n: 1, logprobs: false, logit_bias: {}, store: true, modalities: ["text"], service_tier: "flex" },
  });
  assert.deepEqual(Object.keys(body).sort(), ["context_management", "max_tokens", "messages", "model", "stream"]);
});

test("buildRequest() refuses what would change the answer, so that the next target is asked", () => {
  assertUnsupported({ n: 2 });
  assertUnsupported({ logprobs: true });
  assertUnsupported({ top_logprobs: 3 });
  assertUnsupported({ logit_bias: { 50256: -100 } });
  assertUnsupported({ modalities: ["text", "audio"], audio: { voice: "x" } });
  assertUnsupported({ web_search_options: {} });
  assertUnsupported({ stop: "\n\n" });
  assertUnsupported({ tools: [{ type: "custom", custom: { name: "sql" } }] });
  assertUnsupported({ response_format: { type: "grammar" } });
});

test("buildRequest() gathers instructions ahead of the conversation", () => {
  const body = bodyOf({
    messages: [
      { role: "system", content: "Be brief" },
      HELLO,
      { role: "developer", content: [{ type: "text", text: "Use Arabic", cache_control: { type: "ephemeral" } }] },
    ],
  });
  assert.deepEqual(body.system, [
    { type: "text", text: "Be brief" },
    { type: "text", text: "Use Arabic", cache_control: { type: "ephemeral" } },
  ]);
  assert.deepEqual(body.messages, [HELLO_TURN]);
  const alone = bodyOf({ messages: [{ role: "system", content: "Say something" }] });
  assert.equal(alone.system, undefined);
  assert.deepEqual(alone.messages, [{ role: "user", content: [{ type: "text", text: "Say something" }] }]);
});

test("buildRequest() makes turns of the user and the assistant out of any order of messages", () => {
  assert.deepEqual(turnsOf(HELLO, { role: "user", content: "  " }, { role: "user", content: "There", name: "Ali" }), [
    { role: "user", content: [...HELLO_TURN.content, { type: "text", text: "There" }] },
  ]);
  const begun = turnsOf({ role: "assistant", content: "Welcome" }, HELLO) as { role: string }[];
  assert.deepEqual(
    begun.map(({ role }) => role),
    ["user", "assistant", "user"],
  );
});

test("buildRequest() puts the results of tools first into the user's next turn", () => {
  const turns = turnsOf(
    HELLO,
    { role: "assistant", content: null, tool_calls: [call("a", '{"city":"مكة"}'), call("functions.b:0", "")] },
    { role: "user", content: "Hurry" },
    { role: "tool", tool_call_id: "a", content: "40°" },
    { role: "tool", tool_call_id: "functions.b:0", content: [{ type: "text", text: "38°" }] },
  );
  assert.deepEqual(turns, [
    HELLO_TURN,
    {
      role: "assistant",
      content: [
        { type: "tool_use", id: "a", name: "weather", input: { city: "مكة" } },
        { type: "tool_use", id: "functions_b_0", name: "weather", input: {} },
      ],
    },
    {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "a", content: "40°" },
        { type: "tool_result", tool_use_id: "functions_b_0", content: [{ type: "text", text: "38°" }] },
        { type: "text", text: "Hurry" },
      ],
    },
  ]);
});

test("buildRequest() pairs former function calls, which have no ids", () => {
  const turns = turnsOf(
    HELLO,
    { role: "assistant", content: null, function_call: { name: "f", arguments: '{"x":1}' } },
    { role: "function", name: "f", content: "" },
    { role: "assistant", content: null, function_call: { name: "f", arguments: '{"x":2}' } },
    { role: "function", name: "f", content: "2" },
  );
  assert.deepEqual((turns as Body[]).slice(1), [
    { role: "assistant", content: [{ type: "tool_use", id: "call_1", name: "f", input: { x: 1 } }] },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "call_1" }] },
    { role: "assistant", content: [{ type: "tool_use", id: "call_2", name: "f", input: { x: 2 } }] },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "call_2", content: "2" }] },
  ]);
});

test("buildRequest() wraps arguments that are no JSON object, so that the model sees what it wrote", () => {
  const input = (args: unknown) => {
    const turns = turnsOf(HELLO, { role: "assistant", content: null, tool_calls: [call("a", args)] });
    return (turns as { content: Body[] }[])[1]?.content[0]?.input;
  };
  assert.deepEqual(input('{"city":'), { INVALID_JSON: '{"city":' });
  assert.deepEqual(input("[1]"), { INVALID_JSON: "[1]" });
  assert.deepEqual(input({ city: "x" }), { city: "x" });
});

test("buildRequest() declares tools that were used, also when none may be used any more", () => {
  const messages: ChatMessage[] = [
    HELLO,
    { role: "assistant", content: null, tool_calls: [call("a", "{}")] },
    { role: "tool", tool_call_id: "a", content: "40°" },
  ];
  const { tools, tool_choice } = bodyOf({ messages });
  assert.deepEqual(tools, [{ name: "weather", input_schema: { type: "object", properties: {} } }]);
  assert.deepEqual(tool_choice, { type: "none" });
});

test("buildRequest() translates images, files and marks of the cache", () => {
  const content = (part: { type: string } & Body) => {
    const [turn] = turnsOf({ role: "user", content: [part] }) as { content: unknown[] }[];
    return turn?.content;
  };
  const mark = { cache_control: { type: "ephemeral" } };
  assert.deepEqual(content({ type: "image_url", image_url: { url: "data:image/jpg;base64,AAAA" }, ...mark }), [
    { type: "image", source: { type: "base64", media_type: "image/jpeg", data: "AAAA" }, ...mark },
  ]);
  assert.deepEqual(content({ type: "image_url", image_url: "https://x.example/a.png" }), [
    { type: "image", source: { type: "url", url: "https://x.example/a.png" } },
  ]);
  const file = { filename: "a.pdf", file_data: "data:application/pdf;base64,JVBE" };
  assert.deepEqual(content({ type: "file", file }), [
    { type: "document", source: { type: "base64", media_type: "application/pdf", data: "JVBE" }, title: "a.pdf" },
  ]);
  assert.deepEqual(
    content({ type: "file", file: { file_data: "data:text/markdown;charset=utf-8;base64,2YXYsdit2KjYpw==" } }),
    [{ type: "document", source: { type: "text", media_type: "text/plain", data: "مرحبا" } }],
  );
  const own = { type: "document", source: { type: "url", url: "https://x.example/a.pdf" } };
  assert.deepEqual(content(own), [own], "Anthropic's own blocks stay as they are");
});

test("buildRequest() refuses content that this dialect lacks", () => {
  for (const part of [
    { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
    { type: "video_url", video_url: { url: "https://x.example/a.mp4" } },
    { type: "image_url", image_url: { url: "data:image/svg+xml;base64,AAAA" } },
    { type: "image_url", image_url: { url: "ftp://x.example/a.png" } },
    { type: "file", file: { file_id: "file-abc" } },
    { type: "file", file: { file_data: "data:application/zip;base64,AAAA" } },
  ]) {
    assertUnsupported({ messages: [{ role: "user", content: [part] }] });
  }
});

test("buildRequest() translates tools and the choice among them", () => {
  const strict = {
    type: "function",
    function: { name: "f", description: "d", strict: true },
    cache_control: { type: "e" },
  };
  assert.deepEqual(bodyOf({ tools: [strict] }).tools, [
    {
      name: "f",
      description: "d",
      input_schema: { type: "object", properties: {} },
      strict: true,
      cache_control: { type: "e" },
    },
  ]);
  const old = bodyOf({ tools: [strict], model: "claude-3-haiku-20240307" }).tools as Body[];
  assert.equal("strict" in (old[0] as Body), false, "older models are not held to a schema");
  const search = { type: "web_search_20250305", name: "web_search" };
  assert.deepEqual(bodyOf({ tools: [search] }).tools, [search], "Anthropic's own tools stay as they are");
  const choice = (tool_choice: unknown, more: Body = {}) =>
    bodyOf({ tools: [weather], tool_choice, ...more }).tool_choice;
  assert.equal(choice(undefined), undefined);
  assert.deepEqual(choice("auto"), { type: "auto" });
  assert.deepEqual(choice("none", { parallel_tool_calls: false }), { type: "none" });
  assert.deepEqual(choice("required"), { type: "any" });
  assert.deepEqual(choice({ type: "function", function: { name: "weather" } }), { type: "tool", name: "weather" });
  assert.deepEqual(choice({ type: "any" }), { type: "any" });
  assert.deepEqual(choice(undefined, { parallel_tool_calls: false }), {
    type: "auto",
    disable_parallel_tool_use: true,
  });
  assert.deepEqual(choice("required", { parallel_tool_calls: false }), {
    type: "any",
    disable_parallel_tool_use: true,
  });
  const allowed = bodyOf({
    tools: [weather, strict],
    tool_choice: {
      type: "allowed_tools",
      allowed_tools: { mode: "required", tools: [{ type: "function", function: { name: "f" } }] },
    },
  });
  assert.deepEqual(
    (allowed.tools as Body[]).map(({ name }) => name),
    ["f"],
  );
  assert.deepEqual(allowed.tool_choice, { type: "any" });
  const legacy = bodyOf({ functions: [weather.function], function_call: { name: "weather" } });
  assert.deepEqual(legacy.tool_choice, { type: "tool", name: "weather" });
});

test("buildRequest() keeps sampling within what the model takes", () => {
  const sampling = (asked: Asked) => {
    const { temperature, top_p, top_k } = bodyOf({ temperature: 1.7, top_p: 0.5, top_k: 3, ...asked });
    return [temperature, top_p, top_k];
  };
  assert.deepEqual(sampling({ model: "claude-3-7-sonnet-20250219" }), [1, 0.5, 3]);
  assert.deepEqual(sampling({}), [1, undefined, 3], "4.5 refuses temperature and top_p together");
  assert.deepEqual(sampling({ temperature: null }), [undefined, 0.5, 3]);
  assert.deepEqual(sampling({ reasoning_effort: "low" }), [undefined, undefined, undefined]);
  assert.deepEqual(sampling({ reasoning_effort: "low", top_p: 0.97 }), [undefined, 0.97, undefined]);
  assert.deepEqual(sampling({ model: "claude-opus-4-7" }), [undefined, undefined, undefined]);
});

test("buildRequest() translates stop sequences, the caller and the tier", () => {
  const body = bodyOf({ stop: ["END", ""], stop_sequences: ["END", "x"], user: "u1", service_tier: "default" });
  assert.deepEqual(body.stop_sequences, ["END", "x"]);
  assert.deepEqual(body.metadata, { user_id: "u1" });
  assert.equal(body.service_tier, "standard_only");
  assert.deepEqual(bodyOf({ stop: "END" }).stop_sequences, ["END"]);
  assert.deepEqual(bodyOf({ metadata: { user_id: "own", tag: "x" }, user: "u1" }).metadata, { user_id: "own" });
});

test("buildRequest() hands over the beginning of the model's message, without thinking and without a format", () => {
  const body = bodyOf({
    prefill: "Once upon",
    reasoning_effort: "high",
    response_format: { type: "json_object" },
    temperature: 0.3,
  });
  assert.deepEqual((body.messages as unknown[]).at(-1), {
    role: "assistant",
    content: [{ type: "text", text: "Once upon" }],
  });
  assert.deepEqual(
    [body.thinking, body.tools, body.output_config, body.temperature],
    [undefined, undefined, undefined, 0.3],
  );
  const own = bodyOf({ messages: [HELLO, { role: "assistant", content: "Once " }], prefill: "upon" });
  assert.deepEqual((own.messages as unknown[]).at(-1), {
    role: "assistant",
    content: [
      { type: "text", text: "Once" },
      { type: "text", text: "upon" },
    ],
  });
});

test("buildRequest() lets the caller begin the model's message only where the model takes it", () => {
  const messages: ChatMessage[] = [HELLO, { role: "assistant", content: "Once upon \n" }];
  assert.deepEqual((bodyOf({ messages }).messages as unknown[])[1], {
    role: "assistant",
    content: [{ type: "text", text: "Once upon" }],
  });
  assertUnsupported({ messages, model: "claude-opus-4-6" });
  assert.equal((bodyOf({ messages, model: "kimi-k2" }).messages as unknown[]).length, 2);
});

test("buildRequest() holds the answer to a JSON schema in the way that the model knows", () => {
  const schema = { type: "object", properties: { n: { type: "integer", minimum: 1 } }, required: ["n"] };
  const response_format = { type: "json_schema", json_schema: { name: "x", strict: true, schema } };
  const newer = build({ response_format });
  assert.equal(newer.jsonTool, undefined);
  assert.deepEqual(newer.body.output_config, {
    format: {
      type: "json_schema",
      schema: {
        type: "object",
        properties: { n: { type: "integer", description: '{"minimum":1}' } },
        required: ["n"],
        additionalProperties: false,
      },
    },
  });
  const older = build({ response_format, model: "claude-3-5-haiku-20241022" });
  assert.equal(older.jsonTool, "answer_in_json");
  assert.deepEqual(older.body.tool_choice, { type: "tool", name: "answer_in_json" });
  assert.deepEqual((older.body.tools as Body[])[0]?.input_schema, schema);
  assert.equal(older.body.output_config, undefined);
});

test("buildRequest() makes any JSON the input of a tool, beside the caller's tools where there are some", () => {
  const response_format = { type: "json_object" };
  const { body, jsonTool } = build({ response_format, reasoning_effort: "low" });
  assert.equal(jsonTool, "answer_in_json");
  assert.deepEqual(body.tool_choice, { type: "tool", name: "answer_in_json" });
  assert.equal(body.thinking, undefined, "a forced tool allows no thinking");
  const beside = build({ response_format, tools: [weather] });
  assert.deepEqual(beside.body.tool_choice, { type: "any", disable_parallel_tool_use: true });
  assert.equal((beside.body.tools as Body[]).length, 2);
  const forced = build({ response_format, tools: [weather], tool_choice: "required" });
  assert.deepEqual([forced.jsonTool, forced.body.tool_choice], [undefined, { type: "any" }]);
  assert.equal(build({ response_format: { type: "text" } }).jsonTool, undefined);
  assertUnsupported({ response_format, model: "claude-fable-5" });
});

test("buildRequest() gives reasoning back ahead of what followed from it", () => {
  const reasoning_details = [
    { type: "reasoning.text", text: "hm", signature: "sig", format: "anthropic-claude-v1", index: 0 },
    { type: "reasoning.encrypted", data: "xyz", format: "anthropic-claude-v1", index: 1 },
    { type: "reasoning.text", text: "unsigned", format: "anthropic-claude-v1", index: 2 },
    { type: "reasoning.encrypted", data: "foreign", format: "google-gemini-v1", index: 3 },
    { type: "reasoning.summary", summary: "foreign", format: "openai-responses-v1" },
  ];
  const blocks = [
    { type: "thinking", thinking: "hm", signature: "sig" },
    { type: "redacted_thinking", data: "xyz" },
  ];
  const content = (fields: Body, said: ChatMessage["content"] = "Let me see") => {
    const message: ChatMessage = { role: "assistant", content: said, tool_calls: [call("a", "{}")], ...fields };
    return (turnsOf(HELLO, message) as { content: unknown[] }[])[1]?.content;
  };
  const rest = [
    { type: "text", text: "Let me see" },
    { type: "tool_use", id: "a", name: "weather", input: {} },
  ];
  assert.deepEqual(content({ reasoning_details }), [...blocks, ...rest]);
  assert.deepEqual(content({ thinking_blocks: blocks.map((block) => ({ ...block, cache_control: null })) }), [
    ...blocks,
    ...rest,
  ]);
  assert.deepEqual(
    content({}, [...blocks, { type: "thinking", thinking: "unsigned" }, { type: "text", text: "Let me see" }]),
    [...blocks, ...rest],
  );
  const [user, ...others] = turnsOf(HELLO, { role: "assistant", content: "", reasoning_details }, HELLO) as unknown[];
  assert.deepEqual([user, others], [{ role: "user", content: [...HELLO_TURN.content, ...HELLO_TURN.content] }, []]);
});
