import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeSse, SseDecoder, type SseFrame } from "./mod.ts";

function decode(text: string) {
  const decoder = new SseDecoder();
  const items = decoder.push(new TextEncoder().encode(text));
  assert.deepEqual(decoder.end(), [], "a frame leaves nothing behind");
  return items;
}

test("encodeSse() writes all fields of a frame in one string", () => {
  const text = encodeSse({ id: "c1.a.1.2", event: "status", retry: 1500, data: '{"a":1}', comment: "hello" });
  assert.equal(text, ': hello\nretry: 1500\nid: c1.a.1.2\nevent: status\ndata: {"a":1}\n\n');
});

test("encodeSse() keeps every text intact through a decoder, with line breaks of any kind as LF", () => {
  for (const data of ["", " ", "  leading", "a\nb", "a\r\nb\rc\n\nd\n", "\n", ":x", "مُدَرِّسَة 👨‍👩‍👧\u2028", "\u0000"]) {
    const frame: SseFrame = { id: "7", event: "delta", data };
    const expected = { type: "event", data: data.replaceAll(/\r\n|\r/g, "\n"), event: "delta", id: "7" };
    assert.deepEqual(decode(encodeSse(frame)), [expected], JSON.stringify(data));
  }
});

test("encodeSse() writes a ping that dispatches no event", () => {
  assert.equal(encodeSse({ comment: "ping" }), ": ping\n\n");
  assert.deepEqual(decode(encodeSse({ comment: "two\nlines" })), [
    { type: "comment", comment: "two" },
    { type: "comment", comment: "lines" },
  ]);
});

test("encodeSse() refuses an id, a type or a wait that would break the frame", () => {
  for (const id of ["a\nb", "a\rb", "a\0b"]) assert.throws(() => encodeSse({ id, data: "" }), SyntaxError);
  for (const event of ["", "a\nb", "a\rb"]) assert.throws(() => encodeSse({ event, data: "" }), SyntaxError);
  for (const retry of [-1, 1.5, Number.NaN]) assert.throws(() => encodeSse({ retry, data: "" }), RangeError);
});
