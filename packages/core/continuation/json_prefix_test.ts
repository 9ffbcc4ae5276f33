import assert from "node:assert/strict";
import { test } from "node:test";
import { isJsonPrefix } from "./json_prefix.ts";

const VALUE = `{ "a": [1, -2.5e+3, true, null, "x\\u0041\\n\\"ق"], "b": {}, "c": [] , "d": {"e": [[]]} }`;

test("isJsonPrefix() takes every beginning of a JSON value", () => {
  JSON.parse(VALUE);
  for (let at = 0; at <= VALUE.length; at++) assert.equal(isJsonPrefix(VALUE.slice(0, at)), true, VALUE.slice(0, at));
});

test("isJsonPrefix() refuses what no value begins with", () => {
  const wrong = [
    "{a",
    '{"a" 1',
    '{"a":1,}',
    "[1 2",
    "tru3",
    "{]",
    '{"a":1} x',
    "[1,]x",
    '"a\nb',
    '"\\x',
    "01",
    "Sure, here",
    "}",
  ];
  for (const text of wrong) assert.equal(isJsonPrefix(text), false, text);
});
