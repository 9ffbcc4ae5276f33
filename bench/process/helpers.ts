import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Job, JobResult } from "../client/job.ts";
import type { UpstreamMessage } from "../upstream/main.ts";
import { type Child, spawnNode } from "./spawn.ts";

const UPSTREAM = fileURLToPath(new URL("../upstream/main.ts", import.meta.url));
const CLIENT = fileURLToPath(new URL("../client/main.ts", import.meta.url));

/** The fake upstream, running. */
export interface Upstream {
  child: Child;
  port: number;
  /** Requests that it has had. */
  requests(): Promise<number>;
}

export async function startUpstream(core: number | undefined): Promise<Upstream> {
  const child = spawnNode([UPSTREAM], { core, hasChannel: true });
  const hear = async () => (await message(child)) as UpstreamMessage & { port: number; requests: number };
  const { port } = await hear();
  return {
    child,
    port,
    async requests() {
      child.process.send("requests");
      return (await hear()).requests;
    },
  };
}

/** The load client, running. */
export interface LoadClient {
  child: Child;
  run(job: Job): Promise<JobResult>;
}

export function startClient(core: number | undefined): LoadClient {
  const child = spawnNode([CLIENT], { core, hasChannel: true });
  return {
    child,
    async run(job) {
      child.process.send(job);
      return (await message(child)) as JobResult;
    },
  };
}

/** The next message of a child; what it said, if it ends instead. */
async function message(child: Child): Promise<unknown> {
  const ended = new AbortController();
  const onExit = () => ended.abort(new Error(`A process of the bench ended: ${child.said()}`));
  child.process.once("exit", onExit);
  try {
    const [heard] = await once(child.process, "message", { signal: ended.signal });
    return heard;
  } catch (error) {
    throw ended.signal.aborted ? ended.signal.reason : error;
  } finally {
    child.process.off("exit", onExit);
  }
}
