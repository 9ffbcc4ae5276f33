import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { storageFaultOf } from "../storage/storage_fault.ts";
import type { Inspection } from "./inspect_database.ts";

/** A server's transactions take milliseconds: who holds the file for longer is in the way. */
const BUSY_TIMEOUT_MS = 3_000;

function inspect(path: string): Inspection {
  const began = performance.now();
  const { size: bytes } = statSync(path);
  const found = (fault?: Inspection["fault"], why = ""): Inspection => {
    return { fault, why, bytes, tookMs: Math.round(performance.now() - began) };
  };
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    const problem = Object.values(database.prepare("PRAGMA quick_check(1)").get() ?? {})[0];
    if (problem !== "ok") return found("damaged", String(problem));
    database.exec("BEGIN IMMEDIATE; ROLLBACK");
    return found();
  } catch (error) {
    return found(storageFaultOf(error) ?? "not-writable", error instanceof Error ? error.message : String(error));
  } finally {
    database?.close();
  }
}

parentPort?.postMessage(inspect(workerData as string));
