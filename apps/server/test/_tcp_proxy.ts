import type { AddressInfo, Socket } from "node:net";
import { connect, createServer } from "node:net";

/** A TCP proxy whose connections a test can break. */
export interface TcpProxy extends AsyncDisposable {
  port: number;
  /** Connections so far. */
  connections: number;
  /** Breaks every connection now. */
  cut(): void;
  /** Breaks every connection, and every new one, until `unblock()`. */
  block(): void;
  unblock(): void;
  /** Lets the next bytes that hold this text through, and breaks their connection instead of passing the reply on. */
  loseReplyTo(text: string): void;
}

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let lost: string | undefined;
  let isBlocked = false;
  const server = createServer((client) => {
    proxy.connections += 1;
    if (isBlocked) return void client.destroy();
    const upstream = connect(targetPort, "127.0.0.1");
    let isLosing = false;
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.setNoDelay(true);
      one.on("error", () => {});
      one.once("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    client.on("data", (chunk: Buffer) => {
      if (lost !== undefined && chunk.includes(lost)) {
        lost = undefined;
        isLosing = true;
      }
      upstream.write(chunk);
    });
    upstream.on("data", (chunk: Buffer) => {
      if (isLosing) client.destroy();
      else client.write(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const proxy: TcpProxy = {
    port: (server.address() as AddressInfo).port,
    connections: 0,
    cut,
    block() {
      isBlocked = true;
      cut();
    },
    unblock() {
      isBlocked = false;
    },
    loseReplyTo(text) {
      lost = text;
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      cut();
      await closed;
    },
  };
  return proxy;
}
