import { randomUUID } from "node:crypto";
import { hostname } from "node:os";

/** The name under which this process holds leases: it tells other processes of this machine whether its owner still lives. */
export function newHolder(): string {
  return `${hostname()}/${process.pid}/${randomUUID()}`;
}

/**
 * Whether a holder is known to be dead: a process of this machine that runs no more. Of another machine's nothing is known, and
 * its lease must run out.
 *
 * @param own This process's own holder: another one with its process number is a predecessor.
 */
export function isDeadHolder(holder: string, own: string): boolean {
  const [host, pid] = holder.split("/");
  if (holder === own || host !== hostname() || !/^\d+$/.test(pid ?? "")) return false;
  if (Number(pid) === process.pid) return true;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    // "Not permitted" means that it lives, under another user.
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}
