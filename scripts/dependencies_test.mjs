import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { dependenciesAreCurrent, installedMatchesLock, stampDependencies } from "./dependencies.mjs";

const LOCK = {
  "": { name: "x" },
  "packages/a": { version: "1.0.0" },
  "node_modules/left": { version: "1.0.0", integrity: "sha512-left" },
  "node_modules/mac-only": { version: "1.0.0", integrity: "sha512-mac", optional: true },
};

function project(t, { lock = LOCK, installed } = {}) {
  const root = mkdtempSync(join(tmpdir(), "dependencies-"));
  t.after(() => rmSync(root, { recursive: true }));
  const write = (path, value) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), JSON.stringify(value));
  };
  write("package-lock.json", { packages: lock });
  write("package.json", { name: "x", dependencies: { left: "1.0.0" }, scripts: { test: "a" } });
  write("packages/a/package.json", { name: "a" });
  if (installed) write("node_modules/.package-lock.json", { packages: installed });
  return { root, write };
}

test("dependenciesAreCurrent() is false before anything was installed", (t) => {
  assert.equal(dependenciesAreCurrent(project(t).root), false);
});

test("dependenciesAreCurrent() accepts someone's own npm ci and remembers it", (t) => {
  const { root } = project(t, { installed: { "node_modules/left": LOCK["node_modules/left"] } });
  assert.equal(dependenciesAreCurrent(root), true);
  rmSync(join(root, "node_modules/.package-lock.json"));
  assert.equal(dependenciesAreCurrent(root), true);
});

test("installedMatchesLock() is false when a package is missing, of another version, or not in the lockfile", (t) => {
  for (const installed of [
    {},
    { "node_modules/left": { version: "1.0.1", integrity: "sha512-left" } },
    { "node_modules/left": LOCK["node_modules/left"], "node_modules/right": { version: "1.0.0" } },
  ]) {
    assert.equal(installedMatchesLock(project(t, { installed }).root), false, JSON.stringify(installed));
  }
});

test("dependenciesAreCurrent() sees a changed lockfile and a changed dependency, and lets other fields change", (t) => {
  const { root, write } = project(t, { installed: {} });
  stampDependencies(root);
  assert.equal(dependenciesAreCurrent(root), true);
  write("package.json", { name: "x", dependencies: { left: "1.0.0" }, scripts: { test: "b" } });
  assert.equal(dependenciesAreCurrent(root), true);
  write("packages/a/package.json", { name: "a", dependencies: { left: "2.0.0" } });
  assert.equal(dependenciesAreCurrent(root), false);
  write("packages/a/package.json", { name: "a" });
  write("package-lock.json", { packages: { ...LOCK, "node_modules/left": { version: "1.0.2" } } });
  assert.equal(dependenciesAreCurrent(root), false);
});

test("dependenciesAreCurrent() is false, and does not fail, on a half-merged lockfile", (t) => {
  const { root } = project(t, { installed: {} });
  writeFileSync(join(root, "package-lock.json"), "<<<<<<< HEAD");
  assert.equal(dependenciesAreCurrent(root), false);
});
