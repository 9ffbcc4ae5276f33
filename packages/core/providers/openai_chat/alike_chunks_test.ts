import assert from "node:assert/strict";
import { test } from "node:test";
import { AlikeChunks } from "./alike_chunks.ts";

const chunk = (delta: object, more: object = {}, choice: object = {}) =>
  JSON.stringify({ id: "c", model: "m", choices: [{ index: 0, delta, finish_reason: null, ...choice }], ...more });
const said = (content: string) => chunk({ content });

function learnt(data: string): AlikeChunks {
  const alike = new AlikeChunks();
  alike.learn(data, JSON.parse(data));
  return alike;
}

test("AlikeChunks reads the text of a chunk that differs in nothing else", () => {
  const alike = learnt(chunk({ role: "assistant", content: "a", refusal: null }));
  for (const text of ["b", " two", "مرحبًا", "👋", "c}]", "[DONE]"]) {
    assert.equal(alike.textOf(chunk({ role: "assistant", content: text, refusal: null })), text);
  }
});

test("AlikeChunks leaves to the parser whatever differs elsewhere, or has escapes, or no text", () => {
  const alike = learnt(said("a"));
  for (const data of [
    said('say "a"'),
    said("one\ntwo"),
    said("a\\b"),
    said(""),
    chunk({ content: "b" }, {}, { finish_reason: "stop" }),
    chunk({ content: "b" }, { usage: { total_tokens: 3 } }),
    chunk({ content: "b", tool_calls: [{ index: 0 }] }),
    said("b").slice(0, -1),
    `${said("b")}\n${said("c")}`,
    "[DONE]",
  ]) {
    assert.equal(alike.textOf(data), undefined, data);
  }
});

test("AlikeChunks learns from nothing but plain text", () => {
  for (const data of [
    chunk({ content: "a", tool_calls: [{ index: 0 }] }),
    chunk({ content: "a", reasoning: "b" }),
    chunk({ content: "a" }, { usage: { total_tokens: 3 } }),
    chunk({ content: "a" }, { error: { message: "no" } }),
    chunk({ content: "a" }, {}, { logprobs: { content: [] } }),
    chunk({ content: "a" }, {}, { index: 1 }),
    chunk({ content: 'a "' }),
    '{"choices":[{"index":0,"delta":{"content": "a"}}]}',
    '{"choices":[{"index":0,"delta":{"content":"b","content":"a"}}]}',
  ]) {
    const alike = learnt(data);
    assert.equal(alike.textOf(data.replace('"a"', '"z"')), undefined, data);
    assert.equal(alike.textOf(data), undefined, data);
  }
});
