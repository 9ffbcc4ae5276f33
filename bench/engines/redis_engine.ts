import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createClient } from "redis";
import { freePort } from "../process/health.ts";
import { type Child, spawnProgram } from "../process/spawn.ts";

/** Programs that speak Redis's protocol, in the order in which they are looked for. */
const PROGRAMS = ["redis-server", "valkey-server"];

/** A Redis of the bench's own, which keeps nothing on the disk. */
export interface RedisEngine {
  child: Child;
  /** Sends one command. */
  command(...args: string[]): Promise<unknown>;
  /** Address of one of its sixteen databases. */
  urlOf(database: number): string;
  stop(): Promise<void>;
}

/** @throws {Error} If none of the programs is here. */
export async function startRedis(folder: string): Promise<RedisEngine> {
  const port = await freePort();
  const directory = join(folder, "redis");
  await mkdir(directory);
  const settings = `--port ${port} --bind 127.0.0.1 --dir ${directory} --save '' --appendonly no --maxclients 10000`;
  const found = PROGRAMS.map((name) => `command -v ${name}`).join(" || ");
  const child = spawnProgram("sh", ["-c", `exec "$(${found})" ${settings}`]);
  const client = createClient({ url: `redis://127.0.0.1:${port}`, socket: { reconnectStrategy: 20 } });
  client.on("error", () => {});
  const died = new Promise<never>((_, reject) => {
    child.process.once("exit", () => reject(new Error(`there is no ${PROGRAMS.join(" or ")}: ${child.said().trim()}`)));
  });
  died.catch(() => {});
  try {
    await Promise.race([client.connect(), died]);
  } catch (error) {
    client.destroy();
    throw error;
  }
  return {
    child,
    command: (...args) => client.sendCommand(args),
    urlOf: (database) => `redis://127.0.0.1:${port}/${database}`,
    async stop() {
      client.destroy();
      await child.stop();
    },
  };
}
