import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempFolder } from "../src/storage/temp_folder.ts";
import { type Balancer, startBalancer } from "./_balancer.ts";
import { type Child, startChild } from "./_child.ts";
import type { TestRedis } from "./_redis.ts";
import { startTcpProxy, type TcpProxy } from "./_tcp_proxy.ts";

export interface FleetOptions {
  replicas: number;
  redis: TestRedis;
  databaseUrl: string;
  /** Content of `cogniforge.config.json`. */
  config: unknown;
  environment?: Record<string, string>;
}

/** One replica of the real program, which can be ended in every way and comes back. */
export interface Mortal {
  readonly name: string;
  /** Its own line to Redis. */
  readonly link: TcpProxy;
  /** Ends it at once. */
  kill(): Promise<void>;
  /** Ends it as an operator does, who sends nobody new to it; resolves when it has gone, to its exit code. */
  stop(): Promise<number | null>;
  start(): Promise<void>;
  /** Freezes it, as a virtual machine that is moved. */
  pause(): void;
  resume(): void;
}

/** Replicas of the real program over one PostgreSQL and one Redis, behind a balancer. */
export interface Fleet extends AsyncDisposable {
  /** Of the balancer. */
  url: string;
  mortals: readonly Mortal[];
  balancer: Balancer;
  /** What nobody asked for: replicas that ended by themselves, or badly. */
  faults: readonly string[];
  /** Lines that replicas logged as errors. */
  errors(): string[];
}

export async function startFleet({ replicas, redis, databaseUrl, config, environment }: FleetOptions): Promise<Fleet> {
  const tidy = new AsyncDisposableStack();
  const faults: string[] = [];
  const errors: string[] = [];
  const folder = tidy.use(await tempFolder());
  await writeFile(join(folder.path, "cogniforge.config.json"), JSON.stringify(config));
  const balancer = tidy.use(await startBalancer());

  async function startMortal(name: string): Promise<Mortal> {
    const link = tidy.use(await startTcpProxy(redis.port));
    const own = { DATABASE_URL: databaseUrl, REDIS_URL: `redis://127.0.0.1:${link.port}`, ...environment };
    let child: Child | undefined;
    let isEnding = false;
    tidy.defer(async () => {
      isEnding = true;
      await child?.[Symbol.asyncDispose]();
    });

    async function end(signal: NodeJS.Signals): Promise<number | null> {
      if (child === undefined) throw new Error(`Cannot end ${name} as it does not run`);
      isEnding = true;
      const port = Number(new URL(child.url).port);
      if (signal === "SIGTERM") balancer.ports.delete(port);
      child.process.kill(signal);
      const code = await child.exited;
      balancer.ports.delete(port);
      errors.push(...errorsOf(child.said()));
      child = undefined;
      return code;
    }

    const mortal: Mortal = {
      name,
      link,
      kill: async () => void (await end("SIGKILL")),
      stop: () => end("SIGTERM"),
      async start() {
        const started = await startChild(folder.path, own);
        isEnding = false;
        child = started;
        // Also that of a case that ran out of time, whose own end never comes.
        const end = () => started.process.kill("SIGKILL");
        process.once("exit", end);
        void started.exited.then(() => process.off("exit", end));
        balancer.ports.add(Number(new URL(started.url).port));
        void started.exited.then((code) => {
          if (!isEnding) faults.push(`${name} ended by itself with ${code}: ${started.said().slice(-4_000)}`);
        });
      },
      pause: () => void child?.process.kill("SIGSTOP"),
      resume: () => void child?.process.kill("SIGCONT"),
    };
    await mortal.start();
    return mortal;
  }

  try {
    const names = Array.from({ length: replicas }, (_, index) => `replica ${index + 1}`);
    return {
      url: balancer.url,
      mortals: await Promise.all(names.map(startMortal)),
      balancer,
      faults,
      errors: () => errors,
      [Symbol.asyncDispose]: () => tidy.disposeAsync(),
    };
  } catch (error) {
    await tidy.disposeAsync();
    throw error;
  }
}

/** What went wrong in the words of the log, without what changes from line to line. */
function errorsOf(said: string): string[] {
  return said.split("\n").flatMap((line) => {
    if (!/"level":[56]0/.test(line)) return /^\w*Error/.test(line) ? [line] : [];
    const { msg, err } = JSON.parse(line) as { msg: string; err?: { message: string } };
    return [`${msg}: ${err?.message ?? ""}`.replace(/'[\w-]*answer[\w-]*'|127\.0\.0\.1:\d+/g, "…")];
  });
}
