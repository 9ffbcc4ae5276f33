import { randomUUID } from "node:crypto";
import { readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** Those of this process: in tests it has several servers. */
const ours = new Set<string>();

/**
 * The name under which this process holds leases: it tells other processes of this machine whether its owner still lives.
 *
 * @param isShared Whether processes of other containers hold leases in the same place: these may have this machine's name and numbers of their own.
 */
export function newHolder(isShared = false): string {
  const holder = `${hostname()}${isShared ? processNamespace() : ""}/${process.pid}/${randomUUID()}`;
  ours.add(holder);
  return holder;
}

/**
 * Whether a holder is known to be dead: a process of this machine that runs no more. Of another machine's nothing is known, and
 * its lease must run out.
 *
 * @param own This process's own holder: one of another process with its number is a predecessor.
 */
export function isDeadHolder(holder: string, own: string): boolean {
  const [place, pid] = holder.split("/");
  if (ours.has(holder) || place !== own.split("/", 1)[0] || !/^\d+$/.test(pid ?? "")) return false;
  if (Number(pid) === process.pid) return true;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    // "Not permitted" means that it lives, under another user.
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}

/** What Linux calls the room in which process numbers are counted, such as `@4026531836`; empty elsewhere. */
function processNamespace(): string {
  try {
    return `@${/\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? ""}`;
  } catch {
    return "";
  }
}
