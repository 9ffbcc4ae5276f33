import assert from "node:assert/strict";
import { test } from "node:test";
import { prefixLines } from "./prefix_lines.mjs";

test("prefixLines() prefixes every line, however the output is cut", () => {
  const text = "one\n\ntwo\n";
  for (let at = 0; at <= text.length; at++) {
    let written = "";
    const add = prefixLines("a | ", (piece) => {
      written += piece;
    });
    add(text.slice(0, at));
    add(text.slice(at));
    assert.equal(written, "a | one\na | \na | two\n", `cut at ${at}`);
  }
});
