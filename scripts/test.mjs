// Runs every test of the project, or of one workspace: `npm test`, `npm test -- core`, `npm test -- scripts`.
// With `--long` (`npm run test:long`) the tests that search at random, search for longer.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { bootstrap } from "./bootstrap.mjs";
import { ensureChromium } from "./chromium.mjs";
import { consoleSources, stampConsole } from "./console_build.mjs";
import { run } from "./run.mjs";
import { ROOT } from "./runtime.mjs";
import { Totals } from "./totals.mjs";
import { runTurbo } from "./turbo.mjs";

const options = process.argv.slice(2);
const only = options.find((option) => !option.startsWith("-"));
const { node, env } = await bootstrap();
if (options.includes("--long")) env.COGNIFORGE_LONG = "1";
// The runners write into a pipe, so they cannot see for themselves whether a terminal is at its end.
if (process.stdout.isTTY && !env.NO_COLOR) env.FORCE_COLOR ??= "1";
else if (!env.FORCE_COLOR) env.NO_COLOR ??= "1";

const totals = new Totals();
const onOutput = (text) => {
  process.stdout.write(text);
  totals.add(text);
};

process.exitCode = (await ownTests()) || (await workspaces());
totals.end();
if (process.exitCode !== 0 && totals.failed === 0) {
  process.stdout.write("\nNo test failed, yet a task did: its message is above\n");
}
process.stdout.write(`\n${totals}\n`);

async function ownTests() {
  if (only && only !== "scripts") return 0;
  const files = readdirSync(join(ROOT, "scripts")).filter((name) => name.endsWith("_test.mjs"));
  return run(node, ["--test", "--test-reporter=spec", ...files.map((name) => join(ROOT, "scripts", name))], {
    env,
    onOutput,
  });
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
