import assert from "node:assert/strict";
import { test } from "node:test";
import { Complaints } from "./complaints.mjs";

const kept = (...texts) => {
  const complaints = new Complaints();
  for (const text of texts) complaints.add(text);
  return String(complaints);
};

test("an unhandled error of Vitest is kept, although no test failed by it", () => {
  const output = [
    "@x/server:test:  ✓ a_test.ts (3 tests)",
    "@x/server:test: ⎯⎯⎯⎯⎯⎯ Unhandled Errors ⎯⎯⎯⎯⎯⎯",
    "@x/server:test: Error: nobody waited for this",
    "@x/server:test:  Test Files  4 passed (4)",
    "@x/server:test:       Tests  3 passed (3)",
    "",
  ].join("\n");
  assert.equal(
    kept(output.slice(0, 70), output.slice(70)),
    "@x/server:test: ⎯⎯⎯⎯⎯⎯ Unhandled Errors ⎯⎯⎯⎯⎯⎯\n@x/server:test: Error: nobody waited for this",
  );
});

test("a failed test is kept with its reason, whoever ran it", () => {
  assert.equal(kept("⎯⎯⎯ Failed Tests 1 ⎯⎯⎯\n FAIL  a\n Test Files  1 failed\n"), "⎯⎯⎯ Failed Tests 1 ⎯⎯⎯\n FAIL  a");
  assert.equal(kept("ok\n ERRORS \n\nx => y\nFAILED | 1 passed\n"), " ERRORS\n\nx => y");
  assert.equal(kept("  1) a.spec.ts\n    Error: b\n  1 failed\n  2 passed (3s)\n"), "  1) a.spec.ts\n    Error: b");
  assert.equal(kept("(pass) a\n(fail) b [1ms]\n"), "(fail) b [1ms]");
  assert.equal(kept("✖ failing tests:\nx\n@x/core:test: next\n"), "✖ failing tests:\nx");
  assert.equal(
    kept("@x/core:test: ✖ failing tests:\n@x/core:test: \n@x/core:test: ✖ y\n@x/server:test: next\n"),
    "@x/core:test: ✖ failing tests:\n@x/core:test: \n@x/core:test: ✖ y",
  );
});

test("what passes is not kept, and a report without an end is cut", () => {
  assert.equal(kept("✓ a\n      Tests  3 passed (3)\n"), "");
  assert.equal(kept(`⎯⎯ Failed Tests 1 ⎯⎯\n${"line\n".repeat(500)}`).split("\n").length, 120);
});
