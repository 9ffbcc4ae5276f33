import type { AddressInfo, Socket } from "node:net";
import { connect, createServer } from "node:net";

/** Cuts a connection after so many whole event frames of the response, and so many bytes of the next one. */
export interface Cut {
  frames: number;
  bytes: number;
}

export interface CutProxy extends AsyncDisposable {
  url: string;
  /** Connections so far. */
  connections: number;
  /** Where it leads; may be changed, for example to a server that was started again. */
  target: string;
}

/** A small TCP proxy; `cutOf` says for each connection, counted from 0, whether and where it is cut. */
export async function startCutProxy(target: string, cutOf: (index: number) => Cut | undefined): Promise<CutProxy> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    const cut = cutOf(proxy.connections++);
    const { hostname, port } = new URL(proxy.target);
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) keep(socket);
    client.pipe(upstream);
    client.once("close", () => upstream.destroy());
    upstream.once("close", () => client.destroySoon());
    if (cut === undefined) return void upstream.pipe(client);
    let seen = Buffer.alloc(0);
    upstream.on("data", (chunk: Buffer) => {
      const before = seen.length;
      seen = Buffer.concat([seen, chunk]);
      const end = endOf(seen, cut);
      if (end === undefined) return void client.write(chunk);
      upstream.pause();
      // What may pass leaves first; then the line is dead in both directions.
      client.write(chunk.subarray(0, Math.max(0, end - before)), () => {
        client.destroySoon();
        upstream.destroy();
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy: CutProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: 0,
    target,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  return proxy;
}

/** Where in the response the cut falls; `undefined` while there are not enough bytes. Frames are those with data. */
function endOf(bytes: Buffer, { frames, bytes: more }: Cut): number | undefined {
  let position = 0;
  for (let left = frames; left > 0; left--) {
    const data = bytes.indexOf("\ndata: ", position);
    const end = data < 0 ? -1 : bytes.indexOf("\n\n", data + 1);
    if (end < 0) return undefined;
    position = end + 2;
  }
  return bytes.length >= position + more ? position + more : undefined;
}
