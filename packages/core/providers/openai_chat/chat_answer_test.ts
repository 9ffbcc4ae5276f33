import assert from "node:assert/strict";
import { test } from "node:test";
import { UpstreamError } from "../../failures/mod.ts";
import type { ProviderPart } from "../provider.ts";
import { ChatAnswer } from "./chat_answer.ts";

const newAnswer = () => new ChatAnswer({ headers: new Headers(), now: () => 0 });

function readChunks(...chunks: Record<string, unknown>[]): ProviderPart[] {
  const answer = newAnswer();
  const parts: ProviderPart[] = [];
  for (const chunk of chunks) answer.readChunk(chunk, parts);
  return parts;
}

const delta = (fields: Record<string, unknown>, finishReason: unknown = null) => ({
  choices: [{ index: 0, delta: fields, finish_reason: finishReason }],
});
const finish = (reason: unknown) => delta({}, reason);

test("ChatAnswer reads reasoning under every name", () => {
  for (const fields of [
    { reasoning_content: "hm" },
    { reasoning: "hm", content: "" },
    { reasoning_text: "hm", reasoning_opaque: "xyz" },
    { thinking: "hm" },
    { reasoning_details: [{ type: "reasoning.text", text: "hm" }] },
    { reasoning_details: [{ type: "reasoning.summary", summary: "hm" }] },
    { content: [{ type: "thinking", thinking: [{ type: "text", text: "hm" }] }] },
    { content: [{ type: "thinking", thinking: "hm" }] },
    { content: "<think>hm</think>" },
  ]) {
    assert.deepEqual(readChunks(delta(fields)), [{ type: "reasoning", text: "hm" }], JSON.stringify(fields));
  }
});

test("ChatAnswer counts the same reasoning under several names once", () => {
  const details = [{ type: "reasoning.text", text: "hm" }];
  assert.deepEqual(readChunks(delta({ reasoning: "hm", reasoning_content: "hm", reasoning_details: details })), [
    { type: "reasoning", text: "hm" },
  ]);
});

test("ChatAnswer takes hidden reasoning and pieces of tool calls as progress", () => {
  const call = { index: 0, id: "a", function: { name: "f", arguments: "{" } };
  assert.deepEqual(readChunks(delta({ tool_calls: [call] })), [{ type: "progress" }]);
  assert.deepEqual(readChunks(delta({ reasoning_details: [{ type: "reasoning.encrypted", data: "xyz" }] })), [
    { type: "progress" },
  ]);
});

test("ChatAnswer delivers tool calls with the finish, also where the reason says stop", () => {
  const call = { index: 0, id: "a", function: { name: "f", arguments: '{"x":1}' } };
  const wanted = [{ type: "progress" }, { type: "tool-call", index: 0, id: "a", name: "f", arguments: '{"x":1}' }];
  assert.deepEqual(readChunks(delta({ tool_calls: [call] }), finish("stop")), [
    ...wanted,
    { type: "finish", reason: { unified: "tool-calls", raw: "stop" } },
  ]);
  assert.deepEqual(readChunks(delta({ tool_calls: [call] }, "tool_calls")), [
    ...wanted,
    { type: "finish", reason: { unified: "tool-calls", raw: "tool_calls" } },
  ]);
});

test("ChatAnswer takes a placeholder and cumulative arguments for what they are", () => {
  const piece = (text: string) =>
    delta({ tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: text } }] });
  for (const pieces of [
    ["{}", '{"x":1}'],
    ['{"x"', '{"x":1}'],
    ["", '{"x":1}', ""],
  ]) {
    const parts = readChunks(...pieces.map(piece), finish("tool_calls"));
    assert.deepEqual(
      parts.filter(({ type }) => type === "tool-call"),
      [{ type: "tool-call", index: 0, id: "a", name: "f", arguments: '{"x":1}' }],
    );
  }
});

test("ChatAnswer never delivers a tool call that was cut", () => {
  const piece = delta({ tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: '{"x":' } }] });
  assert.deepEqual(readChunks(piece, finish("length")), [
    { type: "progress" },
    { type: "finish", reason: { unified: "length", raw: "length" } },
  ]);
  const answer = newAnswer();
  const parts: ProviderPart[] = [];
  answer.readChunk(
    delta({ tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: '{"x":1}' } }] }),
    parts,
  );
  answer.end(false, parts);
  assert.deepEqual(parts, [{ type: "progress" }], "a cut may come before the last piece of the arguments");
});

test("ChatAnswer maps finish reasons and keeps the provider's word", () => {
  for (const [raw, unified] of [
    ["stop", "stop"],
    ["eos", "stop"],
    ["length", "length"],
    ["MAX_TOKENS", "length"],
    ["model_length", "length"],
    ["content_filter", "content-filter"],
    ["SAFETY", "content-filter"],
    ["something_new", "other"],
    [7, "other"],
  ] as const) {
    assert.deepEqual(readChunks(finish(raw)), [{ type: "finish", reason: { unified, raw: String(raw) } }]);
  }
  assert.deepEqual(readChunks(finish(""), finish(null)), []);
});

test("ChatAnswer finishes once, whatever is repeated after it", () => {
  const finishes = readChunks(finish("stop"), finish("stop"), finish("length"), { error: { message: "late" } });
  assert.deepEqual(finishes, [{ type: "finish", reason: { unified: "stop", raw: "stop" } }]);
});

test("ChatAnswer throws for a finish reason that is a failure, after what came before it", () => {
  for (const [raw, code] of [
    ["error", "server-error"],
    ["insufficient_system_resource", "overloaded"],
    ["function_call_filter: MALFORMED_FUNCTION_CALL", "invalid-tool-call"],
  ]) {
    const parts: ProviderPart[] = [];
    assert.throws(
      () => newAnswer().readChunk(delta({ content: "a" }, raw), parts),
      (error) => error instanceof UpstreamError && error.failure.code === code,
    );
    assert.deepEqual(parts, [{ type: "text", text: "a" }]);
  }
});

test("ChatAnswer shows a refusal as text and finishes with the content filter", () => {
  assert.deepEqual(
    readChunks(delta({ content: null, refusal: "I can't" }), delta({ refusal: " help." }), finish("stop")),
    [
      { type: "text", text: "I can't", isRefusal: true },
      { type: "text", text: " help.", isRefusal: true },
      { type: "finish", reason: { unified: "content-filter", raw: "stop" } },
    ],
  );
});

test("ChatAnswer reads choice 0 alone, in however many pieces a chunk gives it", () => {
  const choices = [
    { index: 1, delta: { content: "other" }, finish_reason: "length" },
    { index: 0, delta: { content: "a" } },
    { index: 0, delta: { content: "b" }, finish_reason: "stop" },
  ];
  assert.deepEqual(readChunks({ choices: [choices[0]] }, { choices }), [
    { type: "text", text: "a" },
    { type: "text", text: "b" },
    { type: "finish", reason: { unified: "stop", raw: "stop" } },
  ]);
  assert.deepEqual(readChunks({ choices: [{ delta: { content: "a" } }, { delta: { content: "other" } }] }), [
    { type: "text", text: "a" },
  ]);
});

test("ChatAnswer reads a message that repeats the deltas only where there are none", () => {
  const both = { choices: [{ index: 0, delta: { content: "b" }, message: { content: "ab" } }] };
  const last = { choices: [{ index: 0, message: { content: "ab" }, finish_reason: "stop" }] };
  const end = { type: "finish", reason: { unified: "stop", raw: "stop" } };
  assert.deepEqual(readChunks(delta({ content: "a" }), both, last), [
    { type: "text", text: "a" },
    { type: "text", text: "b" },
    end,
  ]);
  assert.deepEqual(readChunks(last), [{ type: "text", text: "ab" }, end]);
});

test("ChatAnswer reports the model once, and usage and cost only when they change, always whole", () => {
  const first = { model: "", choices: [] };
  const second = { model: "m-1", choices: [], usage: { prompt_tokens: 5, completion_tokens: 1, cost: 0.1 } };
  const third = { model: "m-2", choices: [], usage: { completion_tokens: 2, cost: 0.1 } };
  assert.deepEqual(readChunks(first, second, second, third), [
    { type: "model", model: "m-1" },
    { type: "usage", usage: { inputTokens: 5, outputTokens: 1 } },
    { type: "cost", cost: { amount: 0.1, currency: "USD", source: "provider" } },
    { type: "usage", usage: { inputTokens: 5, outputTokens: 2 } },
  ]);
});

test("ChatAnswer joins halves of a character that came in two chunks", () => {
  assert.deepEqual(readChunks(delta({ content: "ok \ud83d" }), delta({ content: "\ude00!" })), [
    { type: "text", text: "ok " },
    { type: "text", text: "\ude00!".replace("\ude00", "\ud83d\ude00") },
  ]);
});

const token = (text: string) => ({ token: text, logprob: -0.5, bytes: [...new TextEncoder().encode(text)] });
const withTokens = (fields: Record<string, unknown>, ...texts: string[]) => ({
  choices: [{ index: 0, delta: fields, logprobs: { content: texts.map(token), refusal: null } }],
});

test("ChatAnswer gives tokens with the text that they are, without those of tags, reasoning and calls", () => {
  const call = { index: 0, id: "a", function: { name: "f", arguments: "{}" } };
  const parts = readChunks(
    withTokens({ content: "<think>hm" }, "<think>", "hm"),
    withTokens({ content: "</think>\n\nYes" }, "</think>", "\n\n", "Yes"),
    withTokens({ content: ", in" }, ",", " in"),
    withTokens({ content: "deed" }, "deed"),
    withTokens({ tool_calls: [call] }, "{}"),
    withTokens({ reasoning: "more" }, "more"),
    withTokens({ content: "!" }, "!"),
  );
  assert.deepEqual(
    parts.filter(({ type }) => type === "text"),
    [
      { type: "text", text: "Yes", logprobs: [token("Yes")] },
      { type: "text", text: ", in", logprobs: [token(","), token(" in")] },
      { type: "text", text: "deed", logprobs: [token("deed")] },
      { type: "text", text: "!", logprobs: [token("!")] },
    ],
  );
});

test("ChatAnswer gives the tokens of a refusal, and of an answer in one piece", () => {
  const refused = { index: 0, delta: { refusal: "No" }, logprobs: { content: null, refusal: [token("No")] } };
  assert.deepEqual(readChunks({ choices: [refused] }), [
    { type: "text", text: "No", logprobs: [token("No")], isRefusal: true },
  ]);
  const parts: ProviderPart[] = [];
  const logprobs = { content: [token("Well"), token(" done")] };
  newAnswer().readWhole({ choices: [{ index: 0, message: { content: "Well done" }, logprobs }] }, parts);
  assert.deepEqual(parts[0], { type: "text", text: "Well done", logprobs: logprobs.content });
});

test("ChatAnswer puts the fragments of reasoning details together and gives them once, before the finish", () => {
  const text = { type: "reasoning.text", format: "anthropic-claude-v1", index: 0 };
  const parts = readChunks(
    delta({ reasoning: "Let ", reasoning_details: [{ ...text, text: "Let ", signature: null }] }),
    delta({ reasoning: "me", reasoning_details: [{ ...text, text: "me" }] }),
    delta({ reasoning_details: [{ ...text, signature: "c2ln" }] }),
    delta({ reasoning_details: [{ type: "reasoning.encrypted", data: "YWI=", id: "r1", index: 1 }] }),
    delta({ reasoning_details: [{ type: "reasoning.encrypted", data: "Y2Q=", id: "r2", index: 1 }] }),
    delta({ content: "Yes" }),
    finish("stop"),
    { choices: [], usage: {} },
  );
  assert.deepEqual(parts.slice(-2), [
    {
      type: "reasoning-details",
      details: [
        { ...text, text: "Let me", signature: "c2ln" },
        { type: "reasoning.encrypted", data: "YWI=", id: "r1", index: 1 },
        { type: "reasoning.encrypted", data: "Y2Q=", id: "r2", index: 1 },
      ],
    },
    { type: "finish", reason: { unified: "stop", raw: "stop" } },
  ]);
});

test("ChatAnswer keeps reasoning details of a whole answer as they are, and none of an answer that was cut", () => {
  const details = [
    { type: "reasoning.text", text: "one", signature: "a" },
    { type: "reasoning.text", text: "two", signature: "b" },
  ];
  const parts: ProviderPart[] = [];
  newAnswer().readWhole({ choices: [{ index: 0, message: { content: "Yes", reasoning_details: details } }] }, parts);
  assert.deepEqual(
    parts.find(({ type }) => type === "reasoning-details"),
    { type: "reasoning-details", details },
  );
  assert.ok(readChunks(delta({ reasoning_details: details })).every(({ type }) => type !== "reasoning-details"));
});

test("ChatAnswer gives what a provider wants back beside a call", () => {
  const call = { index: 0, id: "a", function: { name: "f", arguments: "{}" } };
  const extra_content = { google: { thought_signature: "c2ln" } };
  const parts = readChunks(delta({ tool_calls: [{ ...call, extra_content }] }), finish("tool_calls"));
  assert.deepEqual(
    parts.find(({ type }) => type === "tool-call"),
    { type: "tool-call", index: 0, id: "a", name: "f", arguments: "{}", extra: extra_content },
  );
});
