import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { StorageFault } from "../storage/mod.ts";

/** What was found in a database file. */
export interface Inspection {
  /** `undefined`: it is whole, and a write could begin. */
  fault?: StorageFault | undefined;
  /** The cause in the database's own words. */
  why: string;
  bytes: number;
  tookMs: number;
}

/** Reads every page of a database, in a thread of its own: that takes about two seconds a gigabyte. */
export async function inspectDatabase(path: string, signal: AbortSignal): Promise<Inspection> {
  const worker = new Worker(new URL("./_inspect_worker.ts", import.meta.url), { workerData: path });
  try {
    const [inspection] = await once(worker, "message", { signal });
    return inspection as Inspection;
  } finally {
    await worker.terminate();
  }
}
