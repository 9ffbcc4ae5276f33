import assert from "node:assert/strict";
import { test } from "node:test";
import { UpstreamError } from "../../failures/mod.ts";
import { BodyReader } from "../http/mod.ts";
import type { ProviderPart } from "../provider.ts";
import { ResponseAnswer } from "./response_answer.ts";

const newAnswer = () => new ResponseAnswer({ headers: new Headers(), now: () => 0 });

type Json = Record<string, unknown>;
const event = (type: string, fields: Json = {}): Json => ({ type: `response.${type}`, ...fields });
const delta = (text: string, fields: Json = {}) =>
  event("output_text.delta", { output_index: 0, content_index: 0, delta: text, ...fields });
const completed = (fields: Json = {}) =>
  event("completed", { response: { status: "completed", output: [], ...fields } });
const message = (...content: Json[]) => ({ type: "message", role: "assistant", content });
const outputText = (text: string) => ({ type: "output_text", text, annotations: [] });
const call = (fields: Json = {}) => ({ type: "function_call", id: "fc_1", call_id: "c1", name: "f", ...fields });

function read(...events: Json[]): ProviderPart[] {
  const answer = newAnswer();
  const parts: ProviderPart[] = [];
  for (const one of events) answer.readChunk(one, parts);
  answer.end(false, parts);
  return parts.filter(({ type }) => type !== "progress");
}

function said(parts: readonly ProviderPart[], type: "text" | "reasoning" = "text"): string {
  return parts.map((part) => (part.type === type ? part.text : "")).join("");
}

const finishOf = (parts: readonly ProviderPart[]) => parts.find(({ type }) => type === "finish");
const callsOf = (parts: readonly ProviderPart[]) => parts.filter(({ type }) => type === "tool-call");
const STOP = { type: "finish", reason: { unified: "stop", raw: "completed" } };

test("ResponseAnswer says a text once, whichever of its four tellings come", () => {
  const tellings = [
    delta("a b"),
    event("output_text.done", { output_index: 0, content_index: 0, text: "a b" }),
    event("content_part.done", { output_index: 0, content_index: 0, part: outputText("a b") }),
    event("output_item.done", { output_index: 0, item: message(outputText("a b")) }),
    completed({ output: [message(outputText("a b"))] }),
  ];
  // Every choice of tellings that has at least one, always with an end.
  for (let chosen = 1; chosen < 32; chosen++) {
    const events = tellings.filter((_, at) => chosen & (1 << at));
    if (!events.some(({ type }) => type === "response.completed")) events.push(completed());
    const parts = read(...events);
    assert.equal(said(parts), "a b", `tellings ${chosen.toString(2)}`);
    assert.deepEqual(finishOf(parts), STOP);
  }
});

test("ResponseAnswer fills in what of a text did not come as deltas", () => {
  const done = event("output_text.done", { output_index: 0, content_index: 0, text: "abc" });
  assert.equal(said(read(delta("a"), done, completed())), "abc");
  assert.equal(said(read(delta("X"), done, completed())), "X", "what was said stays");
});

test("ResponseAnswer is not misled by ids and numbers that change between the tellings", () => {
  const rotating = (type: string, id: string, fields: Json) => event(type, { item_id: id, ...fields });
  assert.equal(
    said(
      read(
        rotating("output_text.delta", "id-1", { delta: "a" }),
        rotating("output_text.delta", "id-2", { delta: "b" }),
        rotating("output_text.done", "id-3", { text: "ab" }),
        event("output_item.done", { output_index: 7, item: { ...message(outputText("ab")), id: "id-4" } }),
        completed({ output: [{ type: "reasoning", summary: [] }, message(outputText("ab"))] }),
      ),
    ),
    "ab",
  );
});

test("ResponseAnswer joins several messages and several parts of one", () => {
  const parts = read(
    delta("a", { output_index: 0, content_index: 0 }),
    delta("b", { output_index: 0, content_index: 1 }),
    delta("c", { output_index: 2, content_index: 0 }),
    completed(),
  );
  assert.equal(said(parts), "abc");
  assert.equal(
    said(read(completed({ output: [message(outputText("a"), outputText("b")), message(outputText("c"))] }))),
    "abc",
  );
  assert.equal(said(read(completed({ output: [{ type: "message", content: "plain" }] }))), "plain");
  assert.equal(said(read(completed({ output_text: "only here" }))), "only here");
});

test("ResponseAnswer shows a summary or the reasoning itself, whichever comes first", () => {
  const summary = (text: string) =>
    event("reasoning_summary_text.delta", { output_index: 0, summary_index: 0, delta: text });
  const raw = (text: string) => event("reasoning_text.delta", { output_index: 0, content_index: 0, delta: text });
  const item = {
    type: "reasoning",
    summary: [{ type: "summary_text", text: "short" }],
    content: [{ type: "reasoning_text", text: "long" }],
  };
  const done = event("output_item.done", { output_index: 0, item });
  assert.equal(said(read(summary("short"), done, completed()), "reasoning"), "short");
  assert.equal(said(read(raw("long"), summary("short"), done, completed({ output: [item] })), "reasoning"), "long");
  assert.equal(said(read(completed({ output: [item] })), "reasoning"), "long");
});

test("ResponseAnswer takes reasoning out of a text that begins with its tag", () => {
  const parts = read(delta("<think>hm</th"), delta("ink>\n\nyes"), completed());
  assert.deepEqual([said(parts, "reasoning"), said(parts)], ["hm", "yes"]);
});

test("ResponseAnswer assembles calls from pieces, from their end, from items and from the response", () => {
  const added = event("output_item.added", { output_index: 0, item: call({ arguments: "" }) });
  const pieces = ['{"x"', ":1}"].map((piece) =>
    event("function_call_arguments.delta", { output_index: 0, item_id: "fc_1", delta: piece }),
  );
  const ended = event("function_call_arguments.done", { output_index: 0, arguments: '{"x":1}' });
  const item = call({ arguments: '{"x":1}', status: "completed" });
  const done = event("output_item.done", { output_index: 0, item });
  const wanted = [{ type: "tool-call", index: 0, id: "c1", name: "f", arguments: '{"x":1}' }];
  for (const events of [
    [added, ...pieces, ended, done, completed({ output: [item] })],
    [added, ...pieces, completed()],
    [added, ended, completed()],
    [done, completed()],
    [added, completed({ output: [item] })],
    [completed({ output: [item] })],
    [...pieces, done, completed()],
    [added, ...pieces, event("output_item.done", { output_index: 0, item: call({ arguments: "" }) }), completed()],
    [completed({ output: [{ ...item, arguments: { x: 1 } }] })],
  ]) {
    const parts = read(...events);
    assert.deepEqual(callsOf(parts), wanted, JSON.stringify(events.map(({ type }) => type)));
    assert.deepEqual(finishOf(parts), { type: "finish", reason: { unified: "tool-calls", raw: "completed" } });
  }
});

test("ResponseAnswer keeps calls apart that share an index, and gives each its place", () => {
  const add = (id: string) =>
    event("output_item.added", { output_index: 0, item: call({ call_id: id, name: id, arguments: "" }) });
  const piece = (text: string) => event("function_call_arguments.delta", { output_index: 0, delta: text });
  const parts = callsOf(read(add("a"), piece('{"x":1}'), add("b"), piece('{"x":2}'), completed()));
  assert.deepEqual(
    parts.map((part) => part.type === "tool-call" && [part.index, part.id, part.arguments]),
    [
      [0, "a", '{"x":1}'],
      [1, "b", '{"x":2}'],
    ],
  );
});

test("ResponseAnswer takes a call without arguments for an empty object, and drops one that was cut", () => {
  const added = event("output_item.added", { output_index: 0, item: call({ arguments: "" }) });
  assert.deepEqual(callsOf(read(added, completed())), [
    { type: "tool-call", index: 0, id: "c1", name: "f", arguments: "{}" },
  ]);
  const incomplete = event("incomplete", {
    response: {
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
      output: [call({ arguments: '{"x":48', status: "incomplete" })],
    },
  });
  const parts = read(added, event("function_call_arguments.delta", { output_index: 0, delta: '{"x":48' }), incomplete);
  assert.deepEqual(callsOf(parts), []);
  assert.deepEqual(finishOf(parts), { type: "finish", reason: { unified: "length", raw: "max_output_tokens" } });
});

test("ResponseAnswer drops a call that its item calls incomplete, although nothing else does", () => {
  const item = call({ arguments: "", status: "incomplete" });
  const parts = read(event("output_item.done", { output_index: 0, item }), completed());
  assert.deepEqual(callsOf(parts), []);
});

test("ResponseAnswer is at its end with the response as a whole, so that nobody waits for more", () => {
  const reader = new BodyReader(newAnswer(), { maxChars: 1000 });
  const push = (one: Json) => reader.push(new TextEncoder().encode(`data: ${JSON.stringify(one)}\n\n`), []);
  push(delta("a"));
  assert.equal(reader.isDone, false);
  push(completed());
  assert.equal(reader.isDone, true);
});

test("ResponseAnswer leaves out calls that the provider runs itself", () => {
  const search = { type: "web_search_call", id: "ws_1", status: "completed", action: { type: "search" } };
  const parts = read(
    event("output_item.added", { output_index: 0, item: search }),
    event("web_search_call.searching", { output_index: 0 }),
    event("output_item.done", { output_index: 0, item: search }),
    delta("found", { output_index: 1 }),
    completed({ output: [search, message(outputText("found"))] }),
  );
  assert.deepEqual(callsOf(parts), []);
  assert.deepEqual(finishOf(parts), STOP);
});

test("ResponseAnswer tells that the model works while nothing is said", () => {
  const parts: ProviderPart[] = [];
  const answer = newAnswer();
  answer.readChunk(event("created", { response: { model: "m", status: "in_progress" } }), parts);
  assert.deepEqual(parts, [{ type: "model", model: "m" }]);
  answer.readChunk(event("function_call_arguments.delta", { output_index: 0, delta: "{" }), parts);
  answer.readChunk(event("code_interpreter_call.in_progress", { output_index: 1 }), parts);
  assert.deepEqual(parts.slice(1), [{ type: "progress" }]);
  answer.readChunk({ type: "keepalive" }, parts);
  assert.equal(parts.length, 2, "a sign of life is none of work");
});

test("ResponseAnswer gives back encrypted reasoning once, before the finish", () => {
  const item = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "final" };
  const parts = read(
    event("output_item.added", { output_index: 0, item: { ...item, encrypted_content: "early" } }),
    event("output_item.done", { output_index: 0, item }),
    delta("a", { output_index: 1 }),
    completed({ output: [{ ...item, id: "rs_other" }, message(outputText("a"))] }),
  );
  assert.deepEqual(parts.slice(-2), [
    {
      type: "reasoning-details",
      details: [{ type: "reasoning.encrypted", data: "final", id: "rs_1", format: "openai-responses-v1", index: 0 }],
    },
    STOP,
  ]);
  const unary = read(completed({ output: [item, { ...item, id: "rs_2" }] }));
  const details = unary.find((part) => part.type === "reasoning-details");
  assert.deepEqual(details?.type === "reasoning-details" && details.details.map(({ id, index }) => [id, index]), [
    ["rs_1", 0],
    ["rs_2", 1],
  ]);
});

test("ResponseAnswer shows a refusal as text and finishes with the content filter", () => {
  const refuse = (text: string) => event("refusal.delta", { output_index: 0, content_index: 0, delta: text });
  const done = event("refusal.done", { output_index: 0, content_index: 0, refusal: "I can't." });
  const item = event("output_item.done", { output_index: 0, item: message({ type: "refusal", refusal: "I can't." }) });
  const wanted = { type: "finish", reason: { unified: "content-filter", raw: "completed" } };
  for (const events of [[refuse("I "), refuse("can't."), done, item], [done], [item]]) {
    const parts = read(...events, completed());
    assert.equal(said(parts), "I can't.");
    assert.ok(parts.every((part) => part.type !== "text" || part.isRefusal));
    assert.deepEqual(finishOf(parts), wanted);
  }
});

test("ResponseAnswer hands on the tokens of the text as the chat vocabulary writes them", () => {
  const token = { token: "a", logprob: -0.1, top_logprobs: [] };
  const parts = read(delta("a", { logprobs: [token] }), delta("b", { logprobs: [] }), completed());
  assert.deepEqual(parts.slice(0, 2), [
    { type: "text", text: "a", logprobs: [{ ...token, bytes: null }] },
    { type: "text", text: "b" },
  ]);
});

test("ResponseAnswer reads usage and cost at the end alone", () => {
  const usage = {
    input_tokens: 10,
    input_tokens_details: { cached_tokens: 4 },
    output_tokens: 5,
    output_tokens_details: { reasoning_tokens: 2 },
    total_tokens: 15,
    cost: 0.25,
  };
  const parts = read(event("created", { response: { usage: { input_tokens: 1 } } }), completed({ usage }));
  assert.deepEqual(parts, [
    { type: "usage", usage: { inputTokens: 10, cachedInputTokens: 4, outputTokens: 5, reasoningTokens: 2 } },
    { type: "cost", cost: { amount: 0.25, currency: "USD", source: "provider" } },
    STOP,
  ]);
});

test("ResponseAnswer maps how a response ends", () => {
  const incomplete = (reason?: string) =>
    event("incomplete", { response: { status: "incomplete", incomplete_details: reason ? { reason } : null } });
  const reasonOf = (last: Json) => {
    const part = finishOf(read(delta("a"), last));
    return part?.type === "finish" ? part.reason : undefined;
  };
  assert.deepEqual(reasonOf(incomplete("max_output_tokens")), { unified: "length", raw: "max_output_tokens" });
  assert.deepEqual(reasonOf(incomplete("content_filter")), { unified: "content-filter", raw: "content_filter" });
  assert.deepEqual(reasonOf(incomplete("new_reason")), { unified: "other", raw: "new_reason" });
  assert.deepEqual(reasonOf(incomplete()), { unified: "other", raw: "incomplete" });
  assert.deepEqual(
    reasonOf(completed({ status: "incomplete", incomplete_details: { reason: "max_output_tokens" } })),
    { unified: "length", raw: "max_output_tokens" },
    "the response's own word, where it is worse than the event's",
  );
  assert.deepEqual(reasonOf(completed({ status: "in_progress" })), { unified: "stop", raw: "completed" });
  assert.deepEqual(reasonOf(event("done", { response: { status: "completed" } })), STOP.reason);
});

test("ResponseAnswer throws for every shape of an error, after what came before it", () => {
  const failed = (error: unknown) => event("failed", { response: { status: "failed", error, output: [] } });
  for (const [last, code] of [
    [{ type: "error", code: "rate_limit_exceeded", message: "slow", param: null }, "rate-limit"],
    [
      { type: "error", error: { type: "insufficient_quota", code: "insufficient_quota", message: "…" } },
      "insufficient-credit",
    ],
    [{ type: "error", error: { message: "busy" }, status: 503 }, "overloaded"],
    [{ error: { message: "…", code: "context_length_exceeded" } }, "context-too-long"],
    [event("error", { code: "server_error", message: "…" }), "server-error"],
    [failed({ code: "server_error", message: "…" }), "server-error"],
    [failed({ code: "invalid_prompt", message: "…" }), "content-filter"],
    [failed({ code: "image_content_policy_violation", message: "…" }), "content-filter"],
    [failed({ code: "invalid_image_format", message: "…" }), "invalid-request"],
    [failed(null), "server-error"],
    [event("cancelled", { response: { status: "cancelled" } }), "server-error"],
    [completed({ status: "failed", error: { code: "rate_limit_exceeded", message: "…" } }), "rate-limit"],
  ] as [Json, string][]) {
    const parts: ProviderPart[] = [];
    const answer = newAnswer();
    answer.readChunk(delta("a"), parts);
    assert.throws(
      () => answer.readChunk(last, parts),
      (error) => error instanceof UpstreamError && error.failure.code === code,
      JSON.stringify(last),
    );
    assert.equal(said(parts), "a");
    assert.equal(finishOf(parts), undefined);
  }
});

test("ResponseAnswer minds nothing after the end", () => {
  const parts = read(delta("a"), completed(), { type: "error", message: "late" }, delta("b"), completed());
  assert.deepEqual(parts, [{ type: "text", text: "a" }, STOP]);
});

test("ResponseAnswer does not take a foreign end mark for the end", () => {
  const parts: ProviderPart[] = [];
  const answer = newAnswer();
  answer.readChunk(delta("a"), parts);
  answer.end(true, parts);
  assert.deepEqual(parts, [{ type: "text", text: "a" }]);
});

test("ResponseAnswer reads a response in one piece, however bare", () => {
  const whole = (body: Json) => {
    const parts: ProviderPart[] = [];
    newAnswer().readWhole(body, parts);
    return parts;
  };
  assert.deepEqual(whole({ object: "response", model: "m", output: [message(outputText("a"))] }), [
    { type: "model", model: "m" },
    { type: "text", text: "a" },
    STOP,
  ]);
  assert.deepEqual(whole(completed({ output: [message(outputText("a"))] })), [{ type: "text", text: "a" }, STOP]);
  assert.deepEqual(whole({ object: "response", status: "queued", output: [] }), [], "made in the background");
  assert.throws(() => whole({ object: "response", output: [], error: { code: "server_error" } }), UpstreamError);
  assert.throws(() => whole({ object: "response", status: "failed", error: { code: "server_error" } }), UpstreamError);
  assert.throws(() => whole({ error: { message: "…", code: "invalid_api_key" } }), UpstreamError);
});
