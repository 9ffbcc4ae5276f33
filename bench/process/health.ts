import { get } from "node:http";
import { createServer } from "node:net";
import type { Child } from "./spawn.ts";

const LONGEST_MS = 30_000;
const EVERY_MS = 5;

/** A port of the loopback that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/**
 * Resolves when a server answers a path, whatever it says.
 *
 * @throws {Error} With what the process said, if it ends or takes too long.
 */
export async function untilAnswering(child: Child, port: number, path: string): Promise<void> {
  const until = performance.now() + LONGEST_MS;
  while (performance.now() < until) {
    if (child.process.exitCode !== null) break;
    if (await answers(port, path)) return;
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  throw new Error(`A server did not begin to answer at port ${port}; it said: ${child.said()}`);
}

function answers(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: "127.0.0.1", port, path, agent: false }, (response) => {
      response.resume();
      resolve(true);
    });
    request.on("error", () => resolve(false));
  });
}
