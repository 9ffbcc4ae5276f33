import assert from "node:assert/strict";
import { test } from "node:test";
import { StrayLines } from "./stray_lines.ts";

const ERROR = { error: { message: "x", code: 429 } };

function found(lines: readonly string[]) {
  const strayLines = new StrayLines();
  return lines.map((line) => strayLines.push(line)).filter((body) => body !== undefined);
}

test("StrayLines finds an error on one line, over many lines and behind its word", () => {
  assert.deepEqual(found(["hello", JSON.stringify(ERROR)]), [ERROR]);
  assert.deepEqual(found(JSON.stringify(ERROR, null, 2).split("\n")), [ERROR]);
  assert.deepEqual(found([`error: ${JSON.stringify(ERROR)}`, "error: no more"]), [
    ERROR,
    { error: { message: "no more" } },
  ]);
  assert.deepEqual(found([JSON.stringify([ERROR])]), [ERROR]);
});

test("StrayLines finds an error after lines that only look like JSON", () => {
  assert.deepEqual(found(["[INFO] ready", "{oops}", JSON.stringify(ERROR)]), [ERROR]);
});

test("StrayLines costs linear time, and finds an error after JSON without end", () => {
  const began = performance.now();
  assert.deepEqual(found(["[{}", ...Array.from({ length: 200_000 }, () => ",{}"), JSON.stringify(ERROR)]), [ERROR]);
  assert.ok(performance.now() - began < 5_000);
});
