import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createClient } from "redis";
import { afterAll, describe } from "vitest";
import { noteNotRun } from "./not_run.ts";

/** A Redis of its own for a test; `await using` stops it and removes its folder. */
export interface TestRedis extends AsyncDisposable {
  host: string;
  port: number;
  url: string;
  /** Sends one command on a connection of its own. */
  command(...args: string[]): Promise<unknown>;
  /** Kills it as `kill -9` does, unless another signal is named. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again after `stop()`, on the same port and folder. */
  start(): Promise<void>;
  /** Freezes it: it accepts connections and answers nothing. */
  pause(): void;
  resume(): void;
}

const running = new Set<ChildProcess>();

/** Also those of a case that ran out of time, whose own end never comes. */
function stopAll(): void {
  for (const child of running) child.kill("SIGKILL");
}
process.once("exit", stopAll);

/** Path of redis-server or valkey-server; `undefined` if this machine has none. */
export const redisBinary: string | undefined = (process.env.PATH ?? "")
  .split(delimiter)
  .flatMap((folder) => [join(folder, "redis-server"), join(folder, "valkey-server")])
  .find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/** Cases that stop, freeze or fill a Redis: they need one of their own. */
export function describeWithRedis(name: string, body: () => void): void {
  if (redisBinary !== undefined) suite(name, body);
  else leaveOut(name, "redis-server or valkey-server on PATH", body);
}

/** Cases for which any Redis will do: that of `TEST_REDIS_URL` too. */
export function describeWithAnyRedis(name: string, body: () => void): void {
  if (redisBinary !== undefined || process.env.TEST_REDIS_URL) suite(name, body);
  else leaveOut(name, "redis-server or valkey-server on PATH, or TEST_REDIS_URL", body);
}

function suite(name: string, body: () => void): void {
  describe(name, () => {
    afterAll(stopAll);
    body();
  });
}

function leaveOut(name: string, missing: string, body: () => void): void {
  noteNotRun(name, `there is no ${missing}`);
  describe.skip(name, body);
}

/** URL of a Redis for cases that leave it as it is; its owner stops it. */
export async function anyRedis(): Promise<{ url: string } & AsyncDisposable> {
  const url = process.env.TEST_REDIS_URL;
  if (redisBinary !== undefined || url === undefined) return startRedis();
  return { url, async [Symbol.asyncDispose]() {} };
}

/** With these a Redis that is killed comes back with everything: every second alone would put writes off while it syncs. */
export const DURABLE: readonly string[] = ["--appendonly", "yes", "--appendfsync", "always"];

/** Nodes of a Cluster that share its slots evenly; ready when they all know of each other. */
export async function startCluster(count: number): Promise<{ url: string; nodes: TestRedis[] } & AsyncDisposable> {
  const flags = ["--cluster-enabled", "yes", "--cluster-node-timeout", "2000", ...DURABLE];
  const nodes = await Promise.all(Array.from({ length: count }, () => startRedis(...flags)));
  for (const [index, node] of nodes.entries()) {
    const [from, to] = [index, index + 1].map((part) => Math.floor((part * 16_384) / count)) as [number, number];
    await node.command("CLUSTER", "ADDSLOTSRANGE", String(from), String(to - 1));
    await node.command("CLUSTER", "SET-CONFIG-EPOCH", String(index + 1));
    await nodes[0]?.command("CLUSTER", "MEET", node.host, String(node.port));
  }
  for (const node of nodes) {
    const isReady = async () => {
      const info = String(await node.command("CLUSTER", "INFO"));
      return info.includes("cluster_state:ok") && info.includes(`cluster_size:${count}`);
    };
    while (!(await isReady())) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    url: `redis+cluster://${nodes.map(({ host, port }) => `${host}:${port}`).join(",")}`,
    nodes,
    async [Symbol.asyncDispose]() {
      await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]()));
    },
  };
}

/** A Sentinel that watches a master under the name `main`, and alone decides that it is dead. */
export async function startSentinel(master: TestRedis): Promise<TestRedis> {
  const settings = [
    `sentinel monitor main ${master.host} ${master.port} 1`,
    "sentinel down-after-milliseconds main 500",
    "sentinel failover-timeout main 3000",
  ];
  return startRedis("--sentinel", ...settings);
}

/** @param flags Settings as on its command line; after `--sentinel`, lines of its file. */
export async function startRedis(...flags: string[]): Promise<TestRedis> {
  const directory = await mkdtemp(join(tmpdir(), "cogniforge-redis-"));
  const host = "127.0.0.1";
  const launched = await launchSomewhere(directory, flags);
  const { port } = launched;
  let { child } = launched;
  const password = flags[flags.indexOf("--requirepass") + 1] ?? "";
  const hasPassword = flags.includes("--requirepass");
  const redis: TestRedis = {
    host,
    port,
    url: `redis://${hasPassword ? `:${encodeURIComponent(password)}@` : ""}${host}:${port}`,
    async command(...args) {
      const client = createClient({ url: redis.url, socket: { reconnectStrategy: false } });
      client.on("error", () => {});
      await client.connect();
      try {
        return await client.sendCommand(args);
      } finally {
        client.destroy();
      }
    },
    async stop(signal = "SIGKILL") {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill(signal);
      await exited;
      running.delete(child);
    },
    async start() {
      child = await launch(directory, port, flags);
    },
    pause: () => void child.kill("SIGSTOP"),
    resume: () => void child.kill("SIGCONT"),
    async [Symbol.asyncDispose]() {
      await redis.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
  return redis;
}

/** Somebody else may take a port between the look at it and its use. */
async function launchSomewhere(directory: string, flags: readonly string[]) {
  for (let tries = 1; ; tries++) {
    const port = await freePort();
    try {
      return { child: await launch(directory, port, flags), port };
    } catch (error) {
      if (tries === 5 || !/in use/.test(String(error))) throw error;
    }
  }
}

async function launch(directory: string, port: number, flags: readonly string[]): Promise<ChildProcess> {
  if (redisBinary === undefined) throw new Error("Cannot start Redis as this machine has none");
  const settings = ["--port", String(port), "--bind", "127.0.0.1", "--dir", directory];
  const isSentinel = flags[0] === "--sentinel";
  const file = join(directory, "sentinel.conf");
  // A Sentinel writes into its file what it has found out.
  if (isSentinel) await writeFile(file, `${flags.slice(1).join("\n")}\n`);
  const rest = isSentinel ? [file, "--sentinel", ...settings] : [...settings, "--save", "", ...flags];
  const child = spawn(redisBinary, rest, { stdio: ["ignore", "pipe", "ignore"] });
  running.add(child);
  let log = "";
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on("data", (chunk) => {
      log += chunk;
      if (/Ready to accept connections|\+monitor|Sentinel ID is/.test(log)) resolve();
    });
    child.once("exit", () => reject(new Error(`Redis did not start: ${log}`)));
  });
  return child;
}

/**
 * Below the range from which outgoing connections take theirs, and so that the port 10,000 above it, on which nodes of a Cluster talk,
 * is below it too and is nobody's first one.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 10_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}
