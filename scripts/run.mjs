import { spawn } from "node:child_process";
import { constants } from "node:os";
import { ROOT } from "./runtime.mjs";

const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Runs a program to its end and gives its exit code (128 + number when a signal ended it).
 *
 * Signals that reach this process are passed on, once each second at most: a process group's signal reaches parent and child alike,
 * and npm passes its own copy on again.
 *
 * @param {{ cwd?: string, env?: object, onOutput?: (text: string) => void, timeoutMs?: number,
 *   endsWithParent?: boolean, signal?: AbortSignal }} options
 *   `onOutput` receives stdout and stderr as they come, instead of the terminal. With `endsWithParent` the program is told to end
 *   when the process that started this one is gone, and with `signal` when that aborts.
 */
export function run(command, args, options = {}) {
  const { onOutput, timeoutMs, endsWithParent, signal, ...rest } = options;
  const piped = onOutput ? ["ignore", "pipe", "pipe"] : "inherit";
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: piped, shell: process.platform === "win32", ...rest });
    const passed = new Map();
    const pass = (name) => {
      if (Date.now() - (passed.get(name) ?? 0) < 1000) return;
      passed.set(name, Date.now());
      child.kill(name);
    };
    for (const name of FORWARDED) process.on(name, pass);
    const onAbort = () => pass("SIGTERM");
    signal?.addEventListener("abort", onAbort, { once: true });
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (!endsWithParent || process.ppid === parent) return;
      clearInterval(watch);
      pass("SIGTERM");
    }, 250);
    const timer = timeoutMs ? setTimeout(() => child.kill("SIGKILL"), timeoutMs) : undefined;
    for (const stream of onOutput ? [child.stdout, child.stderr] : []) {
      stream.setEncoding("utf8").on("data", onOutput);
    }
    const settle = () => {
      clearTimeout(timer);
      clearInterval(watch);
      for (const name of FORWARDED) process.off(name, pass);
      signal?.removeEventListener("abort", onAbort);
    };
    child.on("error", (error) => {
      settle();
      reject(error);
    });
    child.on("close", (code, endedBy) => {
      settle();
      resolve(exitCodeOf(code, endedBy));
    });
  });
}

/** The number that a shell would report for how a child ended. */
export function exitCodeOf(code, signal) {
  return code ?? 128 + (constants.signals[signal] ?? 0);
}
