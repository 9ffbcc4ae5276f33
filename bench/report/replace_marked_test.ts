import assert from "node:assert/strict";
import { test } from "node:test";
import { replaceMarked } from "./replace_marked.ts";

const PAGE = "before\n<!-- figures: begin -->\nold\n<!-- figures: end -->\nafter\n";

test("replaceMarked() leaves what people wrote around the marks, however often it is done", () => {
  const wanted = "before\n<!-- figures: begin -->\n\nNEW\n\n<!-- figures: end -->\nafter\n";
  assert.equal(replaceMarked(PAGE, "figures", "NEW"), wanted);
  assert.equal(replaceMarked(wanted, "figures", "NEW"), wanted);
});

test("replaceMarked() refuses a page without both marks in their order", () => {
  assert.throws(() => replaceMarked("no marks", "figures", "NEW"), SyntaxError);
  assert.throws(() => replaceMarked(PAGE, "model", "NEW"), /must have '<!-- model: begin -->'/);
  assert.throws(() => replaceMarked("<!-- a: end --> <!-- a: begin -->", "a", "NEW"), SyntaxError);
});
