// Runs the server, restarted on every change, and Vite's server of the console in front of it, until one of them ends.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { bootstrap } from "./bootstrap.mjs";
import { exitCodeOf } from "./run.mjs";
import { ROOT } from "./runtime.mjs";

const { node, env } = await bootstrap();
const port = env.PORT ?? "4100";
const colour = process.stdout.isTTY ? "1" : undefined;
const shared = { ...env, PORT: port, ...(colour && { FORCE_COLOR: colour }) };

const parts = [
  start("server ", node, ["--watch", "--watch-preserve-output", "apps/server/src/main.ts"], {
    ...shared,
    COGNIFORGE_CONSOLE: "off",
  }),
  start("console", "npm", ["run", "dev", "-w", "@cogniforge/admin"], {
    ...shared,
    COGNIFORGE_DEV_SERVER: `http://127.0.0.1:${port}`,
  }),
];

function start(name, command, args, partEnv) {
  const child = spawn(command, args, {
    cwd: ROOT,
    env: partEnv,
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32",
  });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => process.stdout.write(`${name} │ ${line}\n`));
  }
  return child;
}

function stopAll(signal) {
  for (const child of parts) if (child.exitCode === null) child.kill(signal);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => stopAll(signal));
for (const child of parts) {
  child.on("error", (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
    stopAll("SIGTERM");
  });
  child.on("exit", (code, signal) => {
    process.exitCode ??= exitCodeOf(code, signal);
    stopAll("SIGTERM");
  });
}
