import { EventEmitter, once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

const BAD_GATEWAY =
  "HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\nconnection: close\r\ncontent-length: 24\r\n\r\n<h1>502 Bad Gateway</h1>";
const FORBIDDEN = "HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/** A proxy between client and server that does what bad networks do. Emits what it does to a connection, by name. */
export class ChaosProxy extends EventEmitter<{ held: []; swallowed: []; "bad-gateway": []; cut: []; closed: [] }> {
  /** Port of the server behind it. */
  target = 0;
  /** Holds streams of events back until they end. */
  holdsStreams = false;
  refusesUpgrades = false;
  answersBadGateway = false;
  /** Lets nothing through in either direction, and keeps the connections open. */
  swallows = false;
  /** How many more replies are lost: the request gets through, the connection is cut before its first byte comes back. */
  repliesToLose = 0;
  /** Cuts each connection after so many bytes towards the client; asked anew for each connection. */
  bytesUntilCut: () => number = () => Number.POSITIVE_INFINITY;
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((client) => this.#accept(client));

  /** Connections of clients that are open. */
  get open(): number {
    return this.#sockets.size;
  }

  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.cutAll();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Resolves when the last connection is closed. */
  async idle(): Promise<void> {
    while (this.#sockets.size > 0) await once(this, "closed");
  }

  #accept(client: Socket): void {
    this.#sockets.add(client);
    const server = connect(this.target, "127.0.0.1");
    const held: Buffer[] = [];
    let isHeld = false;
    let bytesLeft = this.bytesUntilCut();
    const cut = () => {
      client.destroy();
      server.destroy();
    };
    client.on("data", (bytes) => {
      const head = bytes.toString("latin1");
      if (this.swallows) return this.emit("swallowed");
      if (this.answersBadGateway) {
        client.end(BAD_GATEWAY);
        return this.emit("bad-gateway");
      }
      if (this.refusesUpgrades && /^upgrade: websocket/im.test(head)) return client.end(FORBIDDEN);
      if (this.holdsStreams && /^accept: text\/event-stream/im.test(head)) isHeld = true;
      return server.write(bytes);
    });
    server.on("data", (bytes) => {
      if (this.swallows) return this.emit("swallowed");
      if (this.repliesToLose > 0) {
        this.repliesToLose -= 1;
        return cut();
      }
      if (isHeld) {
        held.push(bytes);
        return this.emit("held");
      }
      const passed = bytes.subarray(0, bytesLeft);
      bytesLeft -= passed.length;
      if (bytesLeft > 0) return client.write(passed);
      server.destroy();
      client.end(passed);
      return this.emit("cut");
    });
    server.on("end", () => client.end(Buffer.concat(held)));
    client.on("close", () => {
      server.destroy();
      this.#sockets.delete(client);
      this.emit("closed");
    });
    client.on("error", cut);
    server.on("error", cut);
  }
}
