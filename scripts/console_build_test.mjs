import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { consoleIsCurrent, stampConsole } from "./console_build.mjs";

function project(t) {
  const root = mkdtempSync(join(tmpdir(), "console-"));
  t.after(() => rmSync(root, { recursive: true }));
  const write = (path, text) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  write("package-lock.json", "{}");
  write("apps/admin/src/page.svelte", "<p>1</p>");
  write("packages/core/events/mod.ts", "export {};");
  return { root, write };
}

test("consoleIsCurrent() is false without a build and true after the stamp", (t) => {
  const { root, write } = project(t);
  stampConsole(root);
  assert.equal(consoleIsCurrent(root), false);
  write("apps/admin/build/handler.js", "1");
  assert.equal(consoleIsCurrent(root), false);
  stampConsole(root);
  assert.equal(consoleIsCurrent(root), true);
});

test("consoleIsCurrent() sees a change in what is bundled, and ignores tests, documents and the server", (t) => {
  const { root, write } = project(t);
  write("apps/admin/build/handler.js", "1");
  stampConsole(root);
  write("packages/core/events/mod_test.ts", "test");
  write("packages/core/README.md", "text");
  write("apps/server/src/main.ts", "server");
  write("apps/admin/.svelte-kit/made.ts", "made");
  write("apps/admin/project.inlang/.meta.json", "made by the build itself");
  write("apps/admin/e2e/chat.spec.ts", "test");
  assert.equal(consoleIsCurrent(root), true);
  write("packages/core/events/mod.ts", "export const a = 1;");
  assert.equal(consoleIsCurrent(root), false);
});

test("consoleIsCurrent() is false when another build was put in the stamped one's place", (t) => {
  const { root, write } = project(t);
  write("apps/admin/build/handler.js", "1");
  stampConsole(root);
  write("apps/admin/build/handler.js", "2");
  assert.equal(consoleIsCurrent(root), false);
});
