import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { ensureChromium, findChromium, findOnPath, starts } from "./chromium.mjs";

function folder(t) {
  const root = mkdtempSync(join(tmpdir(), "chromium-"));
  t.after(() => rmSync(root, { recursive: true }));
  return (name, { code = 0, mode = 0o755 } = {}) => {
    mkdirSync(join(root, name, ".."), { recursive: true });
    writeFileSync(join(root, name), `#!/bin/sh\nexit ${code}\n`, { mode });
    return join(root, name);
  };
}

test("findOnPath() prefers the first name, then the first folder, and takes programs only", (t) => {
  const program = folder(t);
  program("a/chrome");
  program("a/chromium", { mode: 0o644 });
  const wanted = program("b/chromium");
  const path = [join(wanted, "../../a"), join(wanted, "..")].join(delimiter);
  assert.equal(findOnPath(["chromium", "chrome"], path), wanted);
  assert.equal(findOnPath(["firefox"], path), undefined);
});

test("starts() tells a browser from a pointer to a missing one", (t) => {
  const program = folder(t);
  assert.equal(starts(program("good")), true);
  assert.equal(starts(program("snap", { code: 1 })), false);
  assert.equal(starts("/no/such/program"), false);
});

test("findChromium() goes on after a browser that does not start", (t) => {
  const program = folder(t);
  const broken = program("bin/chromium", { code: 1 });
  const good = program("bin/google-chrome");
  const env = { PATH: join(broken, "..") };
  assert.equal(findChromium({ node: process.execPath, env }), good);
});

test("ensureChromium() takes the browser that COGNIFORGE_CHROMIUM names, and installs none when that does not start", async (t) => {
  const program = folder(t);
  const good = program("mine");
  assert.equal(await ensureChromium({ node: process.execPath, env: { COGNIFORGE_CHROMIUM: good } }), good);
  const broken = program("broken", { code: 1 });
  assert.equal(await ensureChromium({ node: process.execPath, env: { COGNIFORGE_CHROMIUM: broken } }), undefined);
});
