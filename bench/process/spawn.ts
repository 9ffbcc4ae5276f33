import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

export interface SpawnOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** The one core that it may use; absent: all. */
  core?: number | undefined;
  /** Whether it speaks over a channel with this process. */
  hasChannel?: boolean;
}

/** A process of the bench. */
export interface Child {
  pid: number;
  process: ChildProcess;
  /** The last of what it wrote. */
  said(): string;
  /** Asks it to end, and insists after a while; resolves when it has. */
  stop(): Promise<void>;
}

const STOP_MS = 8_000;
const KEPT_CHARS = 4_000;

/** Starts Node with as many open files as the system lets it have: thousands of streams have two sides. */
export function spawnNode(args: readonly string[], { core, ...options }: SpawnOptions = {}): Child {
  const pin = core === undefined ? [] : ["taskset", "-c", String(core)];
  const script = 'ulimit -n "$(ulimit -Hn)"; exec "$@"';
  return spawnProgram("sh", ["-c", script, "sh", ...pin, process.execPath, ...args], options);
}

export function spawnProgram(
  program: string,
  args: readonly string[],
  { cwd, env, hasChannel }: Omit<SpawnOptions, "core"> = {},
): Child {
  const child = spawn(program, args, {
    ...(cwd !== undefined && { cwd }),
    ...(env !== undefined && { env }),
    stdio: ["ignore", "pipe", "pipe", ...(hasChannel ? (["ipc"] as const) : [])],
  });
  let said = "";
  const listen = (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-KEPT_CHARS);
  };
  child.stdout?.on("data", listen);
  child.stderr?.on("data", listen);
  const exited = once(child, "exit");
  return {
    pid: child.pid ?? 0,
    process: child,
    said: () => said,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}
