import type { Server } from "node:http";
import type { TrpcMount } from "../doors/trpc/mount.ts";
import { waitUntil } from "../http/wait_until.ts";

/** How long readers may take to hear the end of what was finished while closing, in milliseconds. */
const LEAVE_MS = 1_000;

export interface LetGoOptions {
  server: Server;
  trpc: Pick<TrpcMount, "close">;
  /** Those who follow answers. */
  followed: () => number;
  /** How long running answers were waited for, in milliseconds: readers are given no longer than that. */
  graceMs: number;
}

/** Lets every reader hear what is written, takes no new connection, and closes those that are left. */
export async function letGo({ server, trpc, followed, graceMs }: LetGoOptions): Promise<void> {
  let isClosed = false;
  const closed = new Promise<void>((resolve) => server.close(() => resolve())).then(() => {
    isClosed = true;
  });
  server.closeIdleConnections();
  const leaveMs = Math.min(graceMs, LEAVE_MS);
  await waitUntil(() => followed() === 0, leaveMs);
  trpc.close(leaveMs);
  await waitUntil(() => {
    server.closeIdleConnections();
    return isClosed;
  }, leaveMs);
  server.closeAllConnections();
  await closed;
}
