import assert from "node:assert/strict";
import { test } from "node:test";
import { JsonLinesDecoder, type JsonLinesItem } from "./json_lines.ts";

/** Decodes a text whole and cut at every place; the result must be the same. */
function decode(text: string): string[] {
  const run = (...pieces: string[]) => {
    const decoder = new JsonLinesDecoder();
    const items: JsonLinesItem[] = [];
    for (const piece of pieces) decoder.push(piece, items);
    decoder.end(items);
    return items.map((item) => (item.type === "object" ? item.text : `stray ${item.line}`));
  };
  const whole = run(text);
  for (let at = 1; at < text.length; at++) {
    assert.deepEqual(run(text.slice(0, at), text.slice(at)), whole, `cut at ${at}`);
  }
  assert.deepEqual(run(...text), whole, "character by character");
  return whole;
}

test("JsonLinesDecoder gives one object for each line, whatever ends the lines", () => {
  assert.deepEqual(decode('{"a":1}\n{"b":2}\n'), ['{"a":1}', '{"b":2}']);
  assert.deepEqual(decode('\n\r\n {"a":1}\r\n\r\n{"b":2}'), ['{"a":1}', '{"b":2}']);
});

test("JsonLinesDecoder gives an object at its last brace, before its line ends", () => {
  const items: JsonLinesItem[] = [];
  new JsonLinesDecoder().push('{"a":{"b":[{}]}}', items);
  assert.deepEqual(items, [{ type: "object", text: '{"a":{"b":[{}]}}' }]);
});

test("JsonLinesDecoder takes several objects in a line, and one over many lines", () => {
  assert.deepEqual(decode('{"a":1}{"b":2} {"c":3}\n'), ['{"a":1}', '{"b":2}', '{"c":3}']);
  assert.deepEqual(decode('{\n  "a": {\n    "b": 1\n  }\n}\n'), ['{\n  "a": {\n    "b": 1\n  }\n}']);
});

test("JsonLinesDecoder is not misled by braces, quotes and backslashes in strings", () => {
  const line = '{"a":"}{ \\" \\\\","b":"\\\\\\"}"}';
  assert.deepEqual(JSON.parse(line), { a: '}{ " \\', b: '\\"}' }, "the line is JSON");
  assert.deepEqual(decode(`${line}\n${line}`), [line, line]);
});

test("JsonLinesDecoder reads on after an object that was cut in a string", () => {
  assert.deepEqual(decode('{"a":"half an ans\n{"error":"gone"}\n'), ['stray {"a":"half an ans', '{"error":"gone"}']);
});

test("JsonLinesDecoder finds whole lines behind an object that was cut elsewhere", () => {
  assert.deepEqual(decode('{"a":1,\n{"error":"gone"}\n'), ['{"error":"gone"}']);
  assert.deepEqual(decode('{"a":{"b":1'), [], "a cut without anything behind it");
});

test("JsonLinesDecoder reports lines that are no objects", () => {
  assert.deepEqual(decode('{"a":1}\nupstream error: read ECONNRESET'), [
    '{"a":1}',
    "stray upstream error: read ECONNRESET",
  ]);
  assert.deepEqual(decode('data: {"a":1}\n[DONE]\n'), ['stray data: {"a":1}', "stray [DONE]"]);
});
