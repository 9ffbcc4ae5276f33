import type { Server } from "node:http";
import type { Config } from "../config/mod.ts";

/** Room for bursts of new connections: Node's default of 511 resets some of 5,000 that come at once. */
const LISTEN_BACKLOG = 4_096;

/** Lets callers come in; rejects where the address can't be had, such as a port that is taken. */
export function listen(server: Server, { host, port }: Pick<Config, "host" | "port">): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, backlog: LISTEN_BACKLOG }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** Where a server that listens can be opened from this machine, with the real port where 0 was asked for. */
export function urlOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  // "All addresses" is no address that a browser can open.
  const name = host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}
