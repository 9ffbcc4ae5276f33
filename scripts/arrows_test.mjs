import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { ROOT } from "./runtime.mjs";

// What is laid out here breaks each arrow once: the file, its text, and the rules that it must break.
const BREAKS = [
  ["packages/core/events/a.ts", 'import "../failures/mod.ts";', "core-events-first"],
  ["packages/core/sse/a.ts", 'import type { X } from "../events/mod.ts";', "core-sse-alone"],
  ["packages/core/failures/a.ts", 'import "../sse/mod.ts";', "core-failures-on-events"],
  ["packages/core/providers/a.ts", 'import type { X } from "../metrics/mod.ts";', "core-providers-stands-alone"],
  ["packages/core/resilience/a.ts", 'import "../sse/mod.ts";', "core-resilience-stands-alone"],
  ["packages/core/continuation/a.ts", 'import "../engine/mod.ts";', "core-continuation-stands-alone"],
  ["packages/core/metrics/a.ts", 'import "../journal/mod.ts";', "core-metrics-stands-alone"],
  ["packages/core/journal/a.ts", 'import "../providers/mod.ts";', "core-journal-stands-alone"],
  ["packages/core/engine/a.ts", 'import "../events/inner.ts";', "core-doors-inside"],
  ["packages/core/engine/b.ts", 'import "node:fs";', "core-is-pure"],
  ["packages/core/engine/c.ts", 'import "@cogniforge/client";', "core-is-the-ground"],
  ["packages/core/engine/d.ts", 'import "../testing/tool.ts";', "tests-are-leaves"],
  ["packages/core/engine/e.ts", 'import type { F } from "./f.ts"; export type E = F;', "no-cycles"],
  ["packages/core/engine/f.ts", 'import type { E } from "./e.ts"; export type F = E;'], // the same cycle, told once
  ["packages/core/engine/g.ts", 'import "./gone.ts";', "imports-exist"],
  ["packages/core/engine/h.ts", 'import "./inner/_private.ts";', "private-stays-home"],
  ["packages/client/a.ts", 'import "../core/events/inner.ts";', "core-doors-outside", "workspaces-by-name"],
  ["packages/client/b.ts", 'import { x } from "@cogniforge/server/router"; x();', "takes-types-of-server"],
  [
    "packages/client/c.ts",
    'import type { X } from "../../apps/server/src/app.ts";',
    "takes-the-routers-types",
    "workspaces-by-name",
  ],
  ["packages/client/d.ts", 'import "../../apps/admin/src/x.ts";', "nobody-on-admin", "workspaces-by-name"],
  ["apps/server/src/a.ts", 'import "@cogniforge/client";', "server-not-on-client"],
  ["apps/server/src/b.ts", 'import "../../../packages/core/testing/tool.ts";', "tests-are-leaves"],
  ["apps/admin/src/b.ts", 'import { x } from "@cogniforge/server/router"; x();', "takes-types-of-server"],
  [
    "apps/admin/src/C.svelte",
    '<script lang="ts">import { app } from "../../server/src/app.ts"; app();</script>',
    "takes-the-routers-types",
  ],
];

// And these keep to them.
const KEEPS = [
  ["packages/core/events/inner.ts", "export const inner = 1; export type X = 1;"],
  ["packages/core/failures/kept.ts", 'import type { X } from "../events/mod.ts"; export type Y = X;'],
  ["packages/core/providers/kept.ts", 'import "../sse/mod.ts"; import "../failures/mod.ts";'],
  ["packages/core/engine/kept.ts", 'import "../providers/mod.ts"; import "../journal/mod.ts"; import "./h_other.ts";'],
  ["packages/core/engine/h_other.ts", "export const other = 1;"],
  ["packages/core/engine/inner/_private.ts", "export const hidden = 1;"],
  ["packages/core/engine/inner/kept.ts", 'import "./_private.ts";'],
  ["packages/core/engine/inner/deep/er/kept.ts", 'import "../../_private.ts";'],
  [
    "packages/core/engine/kept_test.ts",
    'import "node:test"; import "../events/inner.ts"; import "../testing/tool.ts";',
  ],
  ["apps/server/test/kept_test.ts", 'import "../../../packages/core/testing/tool.ts";'],
  ["packages/core/testing/tool.ts", 'import "node:assert/strict";'],
  [
    "packages/client/mod.ts",
    'import type { X } from "@cogniforge/server/router"; import "@cogniforge/core/events"; export type Y = X;',
  ],
  ["apps/server/src/app.ts", 'import "@cogniforge/core/engine"; export const app = () => {};'],
  ["apps/server/src/doors/trpc/router.ts", "export const x = () => {}; export type X = typeof x;"],
  [
    "apps/admin/src/x.ts",
    'import "@cogniforge/client"; import type { X } from "@cogniforge/server/router"; export type Y = X;',
  ],
];
const FOLDERS = [
  "events",
  "failures",
  "sse",
  "providers",
  "resilience",
  "continuation",
  "metrics",
  "journal",
  "engine",
];
const DOORS = FOLDERS.map((folder) => [`packages/core/${folder}/mod.ts`, "export type X = 1; export const door = 1;"]);

test("the arrows of the house are all watched, in types too, and nothing else is refused", (t) => {
  const root = mkdtempSync(join(tmpdir(), "arrows-"));
  t.after(() => rmSync(root, { recursive: true }));
  const write = (path, text) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `${text}\n`);
  };
  for (const [path, text] of [...DOORS, ...KEEPS, ...BREAKS]) write(path, text);
  write("package.json", '{ "type": "module" }');
  const workspaces = { core: "packages/core", client: "packages/client", server: "apps/server", admin: "apps/admin" };
  mkdirSync(join(root, "node_modules/@cogniforge"), { recursive: true });
  for (const [name, folder] of Object.entries(workspaces)) {
    symlinkSync(join(root, folder), join(root, "node_modules/@cogniforge", name), "dir");
    symlinkSync(join(ROOT, folder, "package.json"), join(root, folder, "package.json"));
  }

  const program = join(ROOT, "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs");
  const args = [
    program,
    "--config",
    join(ROOT, ".dependency-cruiser.mjs"),
    "--output-type",
    "json",
    "packages",
    "apps",
  ];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8", maxBuffer: 1e8 });
  assert.notEqual(stdout, "", stderr);
  const seen = JSON.parse(stdout)
    .summary.violations.map(({ from, rule }) => `${from} ${rule.name}`)
    .filter((line, index, all) => all.indexOf(line) === index);
  const wanted = BREAKS.flatMap(([path, , ...rules]) => rules.map((rule) => `${path} ${rule}`));
  assert.deepEqual(
    wanted.filter((line) => !seen.includes(line)),
    [],
    "rules that did not see their breach",
  );
  const breaching = new Set(BREAKS.map(([path]) => path));
  assert.deepEqual(
    seen.filter((line) => !breaching.has(line.split(" ")[0])),
    [],
    "files that break nothing and were refused",
  );
});
