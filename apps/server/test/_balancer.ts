import type { AddressInfo, Socket } from "node:net";
import { connect, createServer } from "node:net";

/** A TCP proxy in front of several servers, each connection to the next one that accepts it. */
export interface Balancer extends AsyncDisposable {
  url: string;
  /** Ports of the servers; whoever is not among them gets no new connection and keeps those that it has. */
  readonly ports: Set<number>;
  /** How many connections each server got. */
  readonly shares: Map<number, number>;
  /** Hangs up on each connection with this probability. */
  hangUp(random: () => number, probability: number): void;
}

export async function startBalancer(): Promise<Balancer> {
  const ports = new Set<number>();
  const shares = new Map<number, number>();
  const sockets = new Set<Socket>();
  let turn = 0;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
  };
  const server = createServer({ pauseOnConnect: true }, (client) => {
    keep(client);
    void lead(client);
  });

  async function lead(client: Socket): Promise<void> {
    const all = [...ports];
    turn++;
    for (let tried = 0; tried < all.length && !client.destroyed; tried++) {
      const port = all[(turn + tried) % all.length] as number;
      const upstream = await connected(port);
      if (upstream === undefined) continue;
      shares.set(port, (shares.get(port) ?? 0) + 1);
      keep(upstream);
      client.once("close", () => upstream.destroy());
      upstream.once("close", () => client.destroySoon());
      if (client.destroyed) upstream.destroy();
      client.pipe(upstream);
      upstream.pipe(client);
      client.resume();
      return;
    }
    client.destroy();
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", 4096, resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ports,
    shares,
    hangUp(random, probability) {
      for (const socket of [...sockets]) if (random() < probability) socket.destroy();
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** A connection to a port; `undefined` where nobody listens. */
function connected(port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.off("error", refused);
      resolve(socket);
    });
    const refused = () => resolve(undefined);
    socket.once("error", refused);
  });
}
