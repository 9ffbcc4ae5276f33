import { ErrorReply } from "redis";
import { StorageFaultError } from "../storage/mod.ts";

/** Told of a command: the connection was lost before its reply came, so that nobody knows whether it was done. */
export class ReplyLostError extends Error {
  override readonly name = "ReplyLostError";
}

/** There is no connection right now: the command was not sent. */
export class OfflineError extends Error {
  override readonly name = "OfflineError";
}

/** Replies of a server that will do it soon, or of one that is not the master any more. */
const PASSING = /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|BUSY|UNBLOCKED|NOREPLICAS)\b/;

/** Of these, the ones by which a server says that it is not the one to ask: whoever reconnects finds the right one. */
const WRONG_SERVER = /^(READONLY|MASTERDOWN|LOADING)\b/;

/** Whether the same may succeed a moment later. What Redis replied was not done; only a lost reply leaves that open. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ErrorReply) return PASSING.test(error.message);
  return error instanceof OfflineError || error instanceof ReplyLostError;
}

export function isWrongServer(error: unknown): boolean {
  return error instanceof ErrorReply && WRONG_SERVER.test(error.message);
}

/** The error of a command as a fault of the storage, with its cause kept. */
export function redisFault(error: unknown): Error {
  if (error instanceof StorageFaultError) return error;
  const cause = error instanceof Error ? error.message : String(error);
  if (!(error instanceof ErrorReply)) {
    return new StorageFaultError("redis-unreachable", `Cannot reach Redis: ${cause}`, { cause: error });
  }
  if (/^OOM\b/.test(cause)) {
    return new StorageFaultError("redis-full", "Cannot write to Redis as its memory is full", { cause: error });
  }
  return new StorageFaultError("redis-refused", `Cannot use Redis as it replied: ${cause}`, { cause: error });
}
