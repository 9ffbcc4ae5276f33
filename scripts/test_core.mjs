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

/** Runs the tests on one runtime; its lines go to `show` as they come. */
async function test([runtime, args], show) {
  const totals = new Totals();
  const onOutput = (text) => {
    show(text);
    totals.add(text);
  };
  const code = await run(runtime, args, { cwd, env: toolEnvironment(), onOutput });
  return { runtime, code, totals: totals.end() };
}

// Node's runner keeps one core busy, the two others together need less time: their lines wait until Node's are out.
const [first, ...others] = RUNTIMES;
const waiting = [];
const results = [];
await Promise.all([
  test(first, (text) => process.stdout.write(text)).then((result) => results.unshift(result)),
  (async () => {
    for (const runtime of others) results.push(await test(runtime, (text) => waiting.push(text)));
  })(),
]);
for (const text of waiting) process.stdout.write(text);
for (const { runtime, code, totals } of results) {
  process.stdout.write(`core on ${runtime}: ${totals}${code === 0 ? "" : ` (exit code ${code})`}\n`);
}
process.exitCode = results.some(({ code }) => code !== 0) ? 1 : 0;
