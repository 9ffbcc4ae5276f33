// Runs the tests of packages/core, unchanged, on every runtime that it promises to run on. Started in that folder.
import { relative } from "node:path";
import { filesBelow } from "./fingerprint.mjs";
import { run } from "./run.mjs";
import { toolEnvironment } from "./runtime.mjs";
import { Totals } from "./totals.mjs";

const cwd = process.cwd();
const files = filesBelow(cwd, (name) => name === "node_modules" || name === ".turbo")
  .map((file) => `./${relative(cwd, file)}`)
  .filter((file) => file.endsWith("_test.ts"));
if (files.length === 0) throw new Error(`Found no file that ends in _test.ts below ${cwd}`);

// Deno gets no more than the tests use: their files and recordings, servers on this machine, and the variables that name them.
const RUNTIMES = [
  ["node", ["--test", "--test-reporter=spec", ...files]],
  ["deno", ["test", "--no-check", "--no-lock", "--allow-read", "--allow-env", "--allow-net=127.0.0.1", ...files]],
  ["bun", ["test", ...files]],
];

const results = [];
for (const [runtime, args] of RUNTIMES) {
  const totals = new Totals();
  const onOutput = (text) => {
    process.stdout.write(text);
    totals.add(text);
  };
  const code = await run(runtime, args, { cwd, env: toolEnvironment(), onOutput });
  results.push({ runtime, code, totals: totals.end() });
}
for (const { runtime, code, totals } of results) {
  process.stdout.write(`core on ${runtime}: ${totals}${code === 0 ? "" : ` (exit code ${code})`}\n`);
}
process.exitCode = results.some(({ code }) => code !== 0) ? 1 : 0;
