import assert from "node:assert/strict";
import { test } from "node:test";
import { UpstreamError } from "../../failures/mod.ts";
import type { ProviderPart } from "../provider.ts";
import { MessageAnswer } from "./message_answer.ts";

type Event = Record<string, unknown>;

const newAnswer = (jsonTool?: string) => new MessageAnswer({ headers: new Headers(), now: () => 0, jsonTool });

/** The parts of a stream without its end mark. */
function readAll(events: readonly Event[], answer = newAnswer()): ProviderPart[] {
  const parts: ProviderPart[] = [];
  for (const event of events) answer.readChunk(event, parts);
  answer.end(false, parts);
  return parts;
}

function readWhole(body: Event, answer = newAnswer()): ProviderPart[] {
  const parts: ProviderPart[] = [];
  answer.readWhole(body, parts);
  answer.end(false, parts);
  return parts;
}

const open = (content_block: Event, index = 0): Event => ({ type: "content_block_start", index, content_block });
const delta = (fields: Event, index = 0): Event => ({ type: "content_block_delta", index, delta: fields });
const say = (text: string, index = 0) => delta({ type: "text_delta", text }, index);
const stop = (stop_reason: string | null): Event => ({ type: "message_delta", delta: { stop_reason } });
const TEXT = open({ type: "text", text: "" });
const DONE: Event = { type: "message_stop" };
const finish = (unified: string, raw?: string) => ({
  type: "finish",
  reason: raw === undefined ? { unified } : { unified, raw },
});

function failureOf(run: () => unknown): UpstreamError["failure"] {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof UpstreamError, String(error));
    return error.failure;
  }
  throw new Error("Expected that an UpstreamError is thrown");
}

test("MessageAnswer maps every reason to stop, and takes the end mark alone for one", () => {
  const reasons = {
    end_turn: "stop",
    stop_sequence: "stop",
    max_tokens: "length",
    model_context_window_exceeded: "length",
    refusal: "content-filter",
    pause_turn: "other",
    compaction: "other",
    next_year: "other",
    stop: "stop",
    length: "length",
  };
  for (const [raw, unified] of Object.entries(reasons)) {
    assert.deepEqual(readAll([TEXT, say("a"), stop(raw), DONE]), [{ type: "text", text: "a" }, finish(unified, raw)]);
  }
  assert.deepEqual(readAll([TEXT, say("a"), stop(null), DONE]), [{ type: "text", text: "a" }, finish("stop")]);
  assert.deepEqual(readAll([TEXT, say("a")]), [{ type: "text", text: "a" }], "a stream without either was cut");
});

test("MessageAnswer takes nothing but message_stop for an end mark", () => {
  const answer = newAnswer();
  assert.equal(answer.isEndMark('{"type":"message_stop"}'), true);
  assert.equal(answer.isEndMark('{ "amazon-bedrock-invocationMetrics": {}, "type": "message_stop" }'), true);
  assert.equal(answer.isEndMark("[DONE]"), false);
  assert.equal(answer.isEndMark(JSON.stringify(say('{"type":"message_stop"}'))), false);
});

test("MessageAnswer fails with a reason to stop that is an error", () => {
  assert.deepEqual(failureOf(() => readAll([TEXT, say("a"), stop("error")])).code, "server-error");
});

test("MessageAnswer gives reasoning as text, and once, before the finish, what the model wants back", () => {
  const parts = readAll([
    open({ type: "thinking", thinking: "", signature: "" }),
    delta({ type: "thinking_delta", thinking: "h" }),
    delta({ type: "thinking_delta", thinking: "m" }),
    delta({ type: "signature_delta", signature: "sig" }),
    { type: "content_block_stop", index: 0 },
    open({ type: "redacted_thinking", data: "xyz" }, 1),
    open({ type: "thinking", thinking: "unsigned" }, 2),
    open({ type: "text", text: "" }, 3),
    say("a", 3),
    stop("end_turn"),
    DONE,
  ]);
  assert.deepEqual(
    parts.filter(({ type }) => type !== "progress"),
    [
      { type: "reasoning", text: "h" },
      { type: "reasoning", text: "m" },
      { type: "reasoning", text: "unsigned" },
      { type: "text", text: "a" },
      {
        type: "reasoning-details",
        details: [
          { type: "reasoning.text", text: "hm", signature: "sig", format: "anthropic-claude-v1", index: 0 },
          { type: "reasoning.encrypted", data: "xyz", format: "anthropic-claude-v1", index: 1 },
        ],
      },
      finish("stop", "end_turn"),
    ],
  );
});

test("MessageAnswer takes hidden reasoning, tool calls and the provider's own tools as progress", () => {
  for (const block of [
    { type: "redacted_thinking", data: "xyz" },
    { type: "tool_use", id: "a", name: "f", input: {} },
    { type: "server_tool_use", id: "b", name: "web_search", input: {} },
    { type: "web_search_tool_result", tool_use_id: "b", content: [] },
  ]) {
    assert.deepEqual(readAll([open(block)]), [{ type: "progress" }], block.type);
  }
  assert.deepEqual(
    readAll([open({ type: "thinking", thinking: "" }), delta({ type: "signature_delta", signature: "s" })]),
    [{ type: "progress" }],
  );
});

const calls = (parts: readonly ProviderPart[]) => parts.filter(({ type }) => type === "tool-call");
const piece = (partial_json: unknown, index = 0) => delta({ type: "input_json_delta", partial_json }, index);
const USE = open({ type: "tool_use", id: "a", name: "f", input: {} });
const CALL = { type: "tool-call", index: 0, id: "a", name: "f", arguments: '{"x":1}' };

test("MessageAnswer assembles the input of tools, however it is cut", () => {
  for (const events of [
    [USE, piece(""), piece('{"x"'), piece(":1}")],
    [USE, piece({ x: 1 })],
    [USE, piece("{}"), piece('{"x":1}')],
    [open({ type: "tool_use", id: "a", name: "f", input: { x: 1 } })],
    [open({ type: "tool_use", id: "a", name: "f", input: '{"x":1}' })],
    [
      { ...USE, index: undefined },
      { ...piece('{"x":1}'), index: undefined },
    ],
  ]) {
    const parts = readAll([...events, stop("tool_use"), DONE]);
    assert.deepEqual(calls(parts), [CALL], JSON.stringify(events));
    assert.deepEqual(parts.at(-1), finish("tool-calls", "tool_use"));
  }
});

test("MessageAnswer keeps interleaved calls apart, and calls a tool without parameters with an empty object", () => {
  const other = open({ type: "tool_use", id: "b", name: "g", input: {} }, 1);
  assert.deepEqual(calls(readAll([USE, other, piece('{"x"'), piece(":1}"), stop("end_turn")])), [
    CALL,
    { type: "tool-call", index: 1, id: "b", name: "g", arguments: "{}" },
  ]);
});

test("MessageAnswer says that tools were called where a look-alike says that the turn has ended", () => {
  assert.deepEqual(readAll([USE, piece('{"x":1}'), stop("end_turn")]).at(-1), finish("tool-calls", "end_turn"));
});

test("MessageAnswer never delivers a call that was cut", () => {
  const other = open({ type: "tool_use", id: "b", name: "g", input: {} }, 1);
  assert.deepEqual(calls(readAll([USE, piece('{"x":1}'), other, piece('{"y":', 1), stop("max_tokens")])), [CALL]);
  assert.deepEqual(calls(readAll([USE, stop("max_tokens")])), [], "its arguments have not begun");
  assert.deepEqual(calls(readAll([USE, piece('{"x":1}')])), [], "the model has not finished");
  assert.deepEqual(calls(readAll([USE, piece("[1]"), stop("tool_use")])), [], "no object");
});

test("MessageAnswer reads the calls with which a message begins that goes on after code has run", () => {
  const start = {
    type: "message_start",
    message: {
      id: "msg_1",
      content: [{ type: "tool_use", id: "a", name: "f", input: { x: 1 }, caller: { type: "code_execution_20250825" } }],
      stop_reason: "tool_use",
    },
  };
  assert.deepEqual(calls(readAll([start])), [CALL]);
  assert.deepEqual(readAll([start, DONE]).at(-1), finish("tool-calls", "tool_use"));
});

test("MessageAnswer leaves out what the provider's own tools, unknown blocks and unknown pieces say", () => {
  const parts = readAll([
    open({ type: "server_tool_use", id: "s", name: "bash", input: {} }),
    piece('{"command":"ls"}'),
    open({ type: "bash_code_execution_tool_result", content: { stdout: "secret" } }, 1),
    open({ type: "hologram", text: "secret" }, 2),
    say("secret", 2),
    open({ type: "text", text: "" }, 3),
    delta({ type: "smell_delta", smell: "roses" }, 3),
    say("a", 3),
    { type: "weather_report", sunny: true },
    stop("end_turn"),
  ]);
  assert.deepEqual(
    parts.filter(({ type }) => type !== "progress"),
    [{ type: "text", text: "a" }, finish("stop", "end_turn")],
  );
});

test("MessageAnswer reads pieces whose block was never opened, and events that only their shape tells", () => {
  assert.deepEqual(readAll([say("a"), delta({ type: "thinking_delta", thinking: "hm" }, 1), stop("end_turn")]), [
    { type: "text", text: "a" },
    { type: "progress" },
    { type: "reasoning", text: "hm" },
    finish("stop", "end_turn"),
  ]);
  const { type: _, ...untyped } = say("a");
  const parts = readAll([
    { message: { id: "msg_1", model: "m", content: [] } },
    { index: 0, content_block: { type: "text", text: "" } },
    untyped,
    { delta: { stop_reason: "end_turn" } },
  ]);
  assert.deepEqual(parts, [{ type: "model", model: "m" }, { type: "text", text: "a" }, finish("stop", "end_turn")]);
});

test("MessageAnswer joins halves of a character, and takes reasoning out of the text", () => {
  const [high, low] = ["\ud83d", "\ude00"];
  assert.deepEqual(readAll([TEXT, say(`a${high}`), say(`${low}b`), stop("end_turn")]), [
    { type: "text", text: "a" },
    { type: "text", text: "😀b" },
    finish("stop", "end_turn"),
  ]);
  const parts = readAll([TEXT, say("<think>hm</think>"), say("a"), stop("end_turn")]);
  assert.deepEqual(parts.slice(0, 2), [
    { type: "reasoning", text: "hm" },
    { type: "text", text: "a" },
  ]);
});

test("MessageAnswer reads an answer in one piece", () => {
  const content = [
    { type: "thinking", thinking: "hm", signature: "sig" },
    { type: "text", text: "a", citations: [{ cited_text: "b" }] },
    { type: "server_tool_use", id: "s", name: "web_search", input: { query: "x" } },
    { type: "tool_use", id: "a", name: "f", input: { x: 1 } },
  ];
  const usage = { input_tokens: 3, output_tokens: 4 };
  const parts = readWhole({ type: "message", id: "msg_1", model: "m", content, stop_reason: "tool_use", usage });
  assert.deepEqual(
    parts.filter(({ type }) => type !== "progress"),
    [
      { type: "model", model: "m" },
      { type: "usage", usage: { inputTokens: 3, outputTokens: 4 } },
      { type: "reasoning", text: "hm" },
      { type: "text", text: "a" },
      CALL,
      {
        type: "reasoning-details",
        details: [{ type: "reasoning.text", text: "hm", signature: "sig", format: "anthropic-claude-v1", index: 0 }],
      },
      finish("tool-calls", "tool_use"),
    ],
  );
  assert.deepEqual(readWhole({ role: "assistant", content: "a" }), [{ type: "text", text: "a" }, finish("stop")]);
});

test("MessageAnswer gives the input of the tool that was forced on the model as its text", () => {
  const json = open({ type: "tool_use", id: "a", name: "json", input: {} });
  assert.deepEqual(readAll([json, piece('{"x":'), piece("1}"), stop("tool_use")], newAnswer("json")), [
    { type: "text", text: '{"x":' },
    { type: "text", text: "1}" },
    finish("stop", "tool_use"),
  ]);
  const whole = readWhole(
    {
      type: "message",
      content: [{ type: "tool_use", id: "a", name: "json", input: { x: 1 } }],
      stop_reason: "tool_use",
    },
    newAnswer("json"),
  );
  assert.deepEqual(whole, [{ type: "text", text: '{"x":1}' }, finish("stop", "tool_use")]);
  assert.deepEqual(readAll([json, stop("tool_use")], newAnswer("json")).at(0), { type: "text", text: "{}" });
  assert.deepEqual(calls(readAll([USE, piece('{"x":1}'), stop("tool_use")], newAnswer("json"))), [CALL]);
});

test("MessageAnswer fails with an error in any shape, but not after the finish", () => {
  const error = { type: "overloaded_error", message: "Overloaded" };
  assert.equal(failureOf(() => readAll([{ type: "error", error }])).code, "overloaded");
  assert.equal(failureOf(() => readAll([TEXT, { error: { message: "Rate limited", code: 429 } }])).code, "rate-limit");
  assert.equal(failureOf(() => readWhole({ message: "Too many requests", status: 429 })).code, "rate-limit");
  assert.equal(failureOf(() => readWhole({ detail: "Not Found", status: 404 })).code, "model-not-found");
  assert.deepEqual(readAll([stop("end_turn"), { type: "error", error }]), [finish("stop", "end_turn")]);
});

test("MessageAnswer takes a second message within the first for a cut, and the same beginning twice for one", () => {
  const start = (id: string) => ({ type: "message_start", message: { id, model: "m", content: [] } });
  assert.equal(failureOf(() => readAll([start("a"), TEXT, say("a"), start("b")])).code, "cut");
  assert.deepEqual(readAll([start("a"), start("b"), start("b"), TEXT, say("a"), stop("end_turn")]), [
    { type: "model", model: "m" },
    { type: "text", text: "a" },
    finish("stop", "end_turn"),
  ]);
});
