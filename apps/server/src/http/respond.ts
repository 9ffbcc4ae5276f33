import type { ServerResponse } from "node:http";
import { httpStatusOf } from "@cogniforge/core/failures";
import { FailureError } from "../failure_error.ts";
import type { StorageFault } from "../storage/storage_fault.ts";
import { STORAGE_FAULT_TEXTS, storageFaultOf } from "../storage/storage_fault.ts";

/** Faults that pass without anybody's doing anything here: an engine is started again, or has less to do. */
const PASSING_FAULTS: ReadonlySet<StorageFault> = new Set([
  "locked",
  "unreachable",
  "too-many-connections",
  "too-slow",
  "redis-unreachable",
]);

/** When to come back after such a fault, in milliseconds. */
const PASSING_WAIT_MS = 2_000;

/** Answers with JSON in UTF-8; nothing of it may be stored by a cache. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
  });
  response.end(text);
}

/** The failure of whatever was thrown: a fault of the storage is told, an unknown error is `internal` and tells nothing of itself. */
export function failureErrorOf(error: unknown): FailureError {
  if (error instanceof FailureError) return error;
  const fault = storageFaultOf(error);
  if (fault !== undefined) {
    const wait = PASSING_FAULTS.has(fault) && { retryAfterMs: PASSING_WAIT_MS };
    return new FailureError("storage", { detail: STORAGE_FAULT_TEXTS[fault], cause: error, ...wait });
  }
  return new FailureError("internal", { cause: error });
}

/** Headers that go with a failure's status. */
export function failureHeaders({ info }: FailureError): Record<string, string> {
  return info.retryAfterMs === undefined ? {} : { "retry-after": String(Math.ceil(info.retryAfterMs / 1000)) };
}

/** Answers with a failure in a door's own shape; does nothing if the response has begun. */
export function sendFailure(response: ServerResponse, error: FailureError, body: unknown): void {
  if (response.headersSent) return;
  for (const [name, value] of Object.entries(failureHeaders(error))) response.setHeader(name, value);
  sendJson(response, httpStatusOf(error.code), body);
}
