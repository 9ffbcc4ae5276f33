import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { machinePaths } from "./machine_paths.mjs";

test("machinePaths() finds a machine's folder and a registry's address, and not an address that looks alike", (t) => {
  const root = mkdtempSync(join(tmpdir(), "machine-"));
  t.after(() => rmSync(root, { recursive: true }));
  spawnSync("git", ["init", "-q"], { cwd: root });
  const folder = ["", "work", "main"].join("/");
  const address = `"resolved": "${["https:", "", "registry.test", "x.tgz"].join("/")}"`;
  writeFileSync(join(root, "a.ts"), `import "${folder}/x.ts";\n`);
  writeFileSync(join(root, "package-lock.json"), `{ ${address} }\n`);
  writeFileSync(join(root, "b.md"), "https://example.test/work/of-art and homework/main\n");
  assert.deepEqual(
    machinePaths(root).map((line) => line.split(":").slice(0, 2).join(":")),
    ["a.ts:1", "package-lock.json:1"],
  );
});
