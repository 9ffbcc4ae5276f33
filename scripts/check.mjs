// Checks everything that needs no running: types, format and lint, promises, arrows, documents. Shows every error, then the times.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { bootstrap } from "./bootstrap.mjs";
import { run } from "./run.mjs";
import { ROOT } from "./runtime.mjs";
import { runTurbo } from "./turbo.mjs";

const { node, env } = await bootstrap();
const tool = (command, ...args) => run(command, args, { env });
const script = (name) => run(node, [join(ROOT, "scripts", name)], { env });

const STEPS = [
  ["format and lint (biome)", () => tool("biome", "check", "--error-on-warnings", "--max-diagnostics=200")],
  ["types (tsc, svelte-check)", types],
  ["promises and globals (oxlint)", () => tool("oxlint", "--deny-warnings")],
  [
    "arrows and cycles (dependency-cruiser)",
    () => tool("depcruise", "--config", ".dependency-cruiser.mjs", "packages", "apps", "bench"),
  ],
  ["paths in documents", () => script("document_paths.mjs")],
  ["paths of a machine", () => script("machine_paths.mjs")],
];

async function types() {
  const args = ["--continue=always", "--output-logs=errors-only"];
  const code = await runTurbo(["types"], { env, concurrency: 2, args });
  // No workspace of its own: it has no dependencies that the others don't have.
  const benchCode = await tool("tsc", "-p", "bench/tsconfig.json");
  // SvelteKit writes the tsconfig that the console's own extends, oxlint reads it, and every installation removes it: after types
  // that came from turbo's cache it may be missing.
  const admin = join(ROOT, "apps/admin");
  if (!existsSync(join(admin, "node_modules/$app/tsconfig.json")))
    await run("svelte-kit", ["sync"], { env, cwd: admin });
  return code || benchCode;
}

const results = [];
for (const [name, step] of STEPS) {
  process.stdout.write(`\n── ${name}\n`);
  const began = performance.now();
  const code = await step();
  results.push({ name, code, seconds: (performance.now() - began) / 1000 });
}

process.stdout.write("\n");
for (const { name, code, seconds } of results) {
  process.stdout.write(`${code === 0 ? "ok  " : "FAIL"} ${seconds.toFixed(1).padStart(6)} s  ${name}\n`);
}
process.exitCode = results.every(({ code }) => code === 0) ? 0 : 1;
