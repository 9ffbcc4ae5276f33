import assert from "node:assert/strict";
import { test } from "node:test";
import { Totals } from "./totals.mjs";

const sum = (...texts) => {
  const totals = new Totals();
  for (const text of texts) totals.add(text);
  return String(totals.end());
};

test("Totals reads the summary of node:test in both of its forms", () => {
  assert.equal(sum("ℹ tests 13\nℹ suites 2\nℹ pass 12\nℹ fail 1\nℹ skipped 0\n"), "12 passed, 1 failed");
  assert.equal(sum("# tests 13\n# pass 12\n# fail 1\n"), "12 passed, 1 failed");
});

test("Totals reads the summary of Deno with steps and without", () => {
  assert.equal(sum("ok | 25 passed (3 steps) | 0 failed (1s)\n"), "25 passed, 0 failed");
  assert.equal(sum("FAILED | 4 passed | 2 failed | 1 ignored (812ms)\n"), "4 passed, 2 failed");
});

test("Totals reads the summary of Bun", () => {
  assert.equal(
    sum(" 25 pass\n 1 fail\n 30 expect() calls\nRan 26 tests across 4 files. [1.00s]\n"),
    "25 passed, 1 failed",
  );
});

test("Totals counts the tests of Vitest, not its files", () => {
  assert.equal(
    sum(" Test Files  1 failed | 3 passed (4)\n      Tests  2 failed | 40 passed (42)\n   Start at  10:00:00\n"),
    "40 passed, 2 failed",
  );
  assert.equal(sum("      Tests  3 passed | 1 skipped (4)\n"), "3 passed, 0 failed");
  assert.equal(sum("      Tests  2 failed (2)\n"), "0 passed, 2 failed");
});

test("Totals reads the summary of Playwright and counts a flaky test as failed", () => {
  assert.equal(
    sum("  1 failed\n    [chromium] › a.spec.ts:3:1 › x\n  1 flaky\n  9 passed (4.1s)\n"),
    "9 passed, 2 failed",
  );
  assert.equal(sum("  9 passed (1.2m)\n"), "9 passed, 0 failed");
});

test("Totals sums over tasks, whatever the prefix, the colours and the cuts", () => {
  const text =
    "@cogniforge/core:test: \u001b[34mℹ pass 7\u001b[39m\n@cogniforge/admin:test:e2e:   5 passed (3.0s)\nscripts:test:  2 pass";
  for (let at = 0; at <= text.length; at++) {
    assert.equal(sum(text.slice(0, at), text.slice(at)), "14 passed, 0 failed", `cut at ${at}`);
  }
});

test("Totals takes nothing from lines that only resemble a summary", () => {
  assert.equal(
    sum("✔ 3 passed (1.0s) of 5\ncore on node: 7 passed, 0 failed\nthe 4 pass\nTests are 4 passed\n"),
    "0 passed, 0 failed",
  );
});
