// Runs every test of the project, or of one workspace: `npm test`, `npm test -- core`, `npm test -- scripts` (with those of bench).
// With `--long` (`npm run test:long`) the tests that search at random, search for longer.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { bootstrap } from "./bootstrap.mjs";
import { ensureChromium } from "./chromium.mjs";
import { Complaints } from "./complaints.mjs";
import { consoleSources, stampConsole } from "./console_build.mjs";
import { prefixLines } from "./prefix_lines.mjs";
import { run } from "./run.mjs";
import { ROOT } from "./runtime.mjs";
import { Totals } from "./totals.mjs";
import { runTurbo } from "./turbo.mjs";

const options = process.argv.slice(2);
const only = options.find((option) => !option.startsWith("-"));
const { node, env } = await bootstrap();
if (options.includes("--long")) env.COGNIFORGE_LONG = "1";

const totals = new Totals();
const complaints = new Complaints();
// turbo lets the runners use colours in any case: what is no terminal gets plain lines.
const show = process.stdout.isTTY
  ? (text) => process.stdout.write(text)
  : prefixLines("", (text) => process.stdout.write(stripVTControlCharacters(text)));
const onOutput = (text) => {
  show(text);
  totals.add(text);
  complaints.add(text);
};

const codes = [await ownTests(), await workspaces()];
process.exitCode = codes.find((code) => code !== 0) ?? 0;
totals.end();
if (process.exitCode !== 0) {
  const told = String(complaints);
  if (totals.failed === 0) process.stdout.write("\nNo test failed, yet a task did\n");
  process.stdout.write(told ? `\nWhat failed, once more:\n${told}\n` : "\nThe message is above\n");
}
process.stdout.write(`\n${totals}\n`);

async function ownTests() {
  if (only && only !== "scripts") return 0;
  const isTest = (name) => /_test\.(mjs|ts)$/.test(name) && !name.includes("node_modules");
  const files = ["scripts", "bench"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true })
      .filter(isTest)
      .map((name) => join(ROOT, folder, name)),
  );
  return run(node, ["--test", "--test-reporter=spec", ...files], { env, onOutput });
}

async function workspaces() {
  if (only === "scripts") return 0;
  const hasConsole = !only || only === "admin";
  const chromium = hasConsole ? await ensureChromium({ node, env }) : undefined;
  if (chromium) env.COGNIFORGE_CHROMIUM = chromium;
  const filters = only ? [`@cogniforge/${only}`] : chromium ? [] : ["!@cogniforge/admin"];

  // Built first and alone, so that what the tests of the console run against can be stamped for the next `npm start`.
  const sources = consoleSources();
  const built = await runTurbo(["build"], { env, filters, args: ["--output-logs=errors-only"] });
  if (built === 0 && chromium && consoleSources() === sources) stampConsole();

  const tested = await runTurbo(["test", "test:e2e"], {
    env,
    filters,
    args: ["--continue=dependencies-successful"],
    onOutput,
  });
  return built || tested || (hasConsole && !chromium ? 1 : 0);
}
