import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { classifyResponse } from "./mod.ts";

const NOW = Date.parse("2026-09-21T14:13:20.000Z");

/**
 * One error a line, in the words of its vendor's documentation of errors or of a public report of it:
 * what it is, `status`, `headers` and `body` as they come, and what it is to be judged as.
 */
const ERRORS = readFileSync(join(import.meta.dirname, "../testing/vendor_errors.jsonl"), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line));

for (const { what, status, headers = {}, body, code, action, waitMs } of ERRORS) {
  test(`classifyResponse() knows ${what}: ${code}, ${action}`, () => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const failure = classifyResponse({ status, headers: new Headers(headers), body: text, now: NOW });
    assert.deepEqual([failure.code, failure.action], [code, action]);
    if (waitMs !== undefined) assert.equal(failure.retryAfterMs, waitMs);
  });
}
