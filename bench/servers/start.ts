import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SharedStores } from "../engines/engines.ts";
import { freePort, untilAnswering } from "../process/health.ts";
import { spawnNode } from "../process/spawn.ts";
import { KEY } from "./cogniforge.ts";
import type { RunningServer, ServerDefinition } from "./server.ts";

export interface StartOptions {
  upstreamPort: number;
  core?: number | undefined;
  /** For Node itself, such as `--cpu-prof`. */
  nodeArgs?: readonly string[];
  stores?: SharedStores | undefined;
}

/** Starts a server under test in a folder of its own, and waits until it answers. */
export async function startServer(definition: ServerDefinition, options: StartOptions): Promise<RunningServer> {
  const folder = await mkdtemp(join(tmpdir(), "cogniforge-bench-"));
  const { upstreamPort, stores } = options;
  const context = { upstreamPort, port: await freePort(), folder, stores };
  const { args, env } = await definition.command(context);
  const { PATH = "", HOME = "" } = process.env;
  const beganAt = performance.now();
  const child = spawnNode([...(options.nodeArgs ?? []), ...args], {
    cwd: folder,
    env: { PATH, HOME, ...env },
    core: options.core,
  });
  const stop = async () => {
    await child.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilAnswering(child, context.port, definition.healthPath);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    definition,
    port: context.port,
    headers: `Authorization: Bearer ${KEY}\r\n${definition.headers?.(context) ?? ""}`,
    child,
    stores,
    startMs: performance.now() - beganAt,
    stop,
  };
}
