import assert from "node:assert/strict";
import { delimiter } from "node:path";
import { test } from "node:test";
import { findNode, majorOf, ROOT, toolEnvironment, withoutProjectTools } from "./runtime.mjs";

test("majorOf() reads what node --version prints", () => {
  assert.equal(majorOf("v24.21.0\n"), 24);
  assert.ok(Number.isNaN(majorOf("no version")));
});

test("withoutProjectTools() drops the project's own tools and keeps the rest in order", () => {
  const path = ["/p/node_modules/.bin", "/usr/bin", "/p/packages/node_modules", "/bin"].join(delimiter);
  assert.equal(withoutProjectTools(path, "/p"), ["/usr/bin", "/p/packages/node_modules", "/bin"].join(delimiter));
});

test("toolEnvironment() puts the project's tools first, once", () => {
  const once = toolEnvironment({}, { PATH: "/usr/bin" });
  assert.equal(once.PATH.split(delimiter)[0], `${ROOT}/node_modules/.bin`);
  assert.deepEqual(toolEnvironment({}, once), once);
});

test("findNode() gives a Node that runs TypeScript as it stands", () => {
  assert.match(findNode(), /node/);
});
