// Runs the server, restarted on every change, and Vite's server of the console in front of it, until one of them ends.
import { join } from "node:path";
import { bootstrap } from "./bootstrap.mjs";
import { prefixLines } from "./prefix_lines.mjs";
import { run } from "./run.mjs";
import { ROOT } from "./runtime.mjs";

const { node, env } = await bootstrap();
env.PORT ??= "4100";
if (process.stdout.isTTY && !env.NO_COLOR) env.FORCE_COLOR ??= "1";

const stop = new AbortController();

async function part(name, command, args, options) {
  const onOutput = prefixLines(`${name} │ `, (text) => process.stdout.write(text));
  const endsWithParent = env.npm_lifecycle_event !== undefined;
  const code = await run(command, args, { ...options, onOutput, endsWithParent, signal: stop.signal });
  stop.abort();
  return code;
}

const codes = await Promise.all([
  part("server ", node, ["--watch", "--watch-preserve-output", "apps/server/src/main.mjs"], {
    env: { ...env, COGNIFORGE_CONSOLE: "off" },
  }),
  // Not through npm, whose shell would keep Vite from hearing that it shall end.
  part("console", "vite", ["dev"], {
    env: { ...env, COGNIFORGE_DEV_SERVER: `http://127.0.0.1:${env.PORT}` },
    cwd: join(ROOT, "apps/admin"),
  }),
]);
process.exitCode = codes.find((code) => code !== 0) ?? 0;
