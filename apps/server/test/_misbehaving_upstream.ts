import type { Socket } from "node:net";
import type { Gzip } from "node:zlib";
import { createGzip } from "node:zlib";
import { EVENT_STREAM, startRawUpstream } from "./_upstream.ts";

/** One request that a misbehaving upstream has got. */
export interface BareRequest {
  messages: { role: string; content: string }[];
  /** `performance.now()` when it was there with its body. */
  at: number;
}

/** How the length of a body is told: by chunks, by a `content-length` that is never reached, or by the connection's end alone. */
export type Framing = "chunked" | "content-length" | "none";

/** The answer to one request, byte for byte: what `node:http` would refuse to write can be said here. */
export class Line {
  readonly socket: Socket;
  readonly #framing: Framing;
  readonly #gzip: Gzip | undefined;

  constructor(socket: Socket, options: { framing?: Framing | undefined; isGzip?: boolean | undefined } = {}) {
    this.socket = socket;
    this.#framing = options.framing ?? "chunked";
    this.#gzip = options.isGzip ? createGzip() : undefined;
  }

  async head(status = 200, headers: Record<string, string> = EVENT_STREAM): Promise<void> {
    const framing = { chunked: "transfer-encoding: chunked", "content-length": "content-length: 999999", none: "" };
    const lines = [
      `HTTP/1.1 ${status} Status`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      "connection: close",
      framing[this.#framing],
      this.#gzip ? "content-encoding: gzip" : "",
    ];
    await this.#write(Buffer.from(`${lines.filter(Boolean).join("\r\n")}\r\n\r\n`));
  }

  async say(piece: string | Uint8Array): Promise<void> {
    const bytes = this.#gzip ? await compressed(this.#gzip, piece) : Buffer.from(piece);
    if (this.#framing !== "chunked") return await this.#write(bytes);
    const size = Buffer.from(`${bytes.length.toString(16)}\r\n`);
    await this.#write(Buffer.concat([size, bytes, Buffer.from("\r\n")]));
  }

  /** Says something again and again until the other side leaves. */
  async sayEvery(ms: number, piece: string): Promise<void> {
    const timer = setInterval(() => void this.say(piece), ms);
    await new Promise((resolve) => this.socket.once("close", resolve));
    clearInterval(timer);
  }

  /** Ends the body as HTTP demands. */
  async end(): Promise<void> {
    if (this.#framing === "chunked") await this.#write(Buffer.from("0\r\n\r\n"));
    this.close();
  }

  /** Closes the connection in good order (FIN), whatever is still missing of the body. */
  close(): void {
    this.socket.end();
  }

  /** Resets the connection (RST). */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  /** Resolves when the bytes are with the kernel: a reset that follows must not take them back. */
  async #write(bytes: Uint8Array): Promise<void> {
    if (this.socket.destroyed) return;
    await new Promise<void>((resolve) => this.socket.write(bytes, () => resolve()));
  }
}

export interface MisbehavingUpstream extends AsyncDisposable {
  url: string;
  requests: readonly BareRequest[];
}

/** Starts an upstream that answers over a bare socket, one request a connection. */
export async function startMisbehavingUpstream(
  answer: (socket: Socket, request: BareRequest, index: number) => void | Promise<void>,
): Promise<MisbehavingUpstream> {
  const requests: BareRequest[] = [];
  const upstream = await startRawUpstream((socket) => {
    let received = Buffer.alloc(0);
    const onData = (bytes: Buffer) => {
      received = Buffer.concat([received, bytes]);
      const body = wholeBody(received);
      if (body === undefined) return;
      socket.off("data", onData);
      socket.resume();
      const { messages } = JSON.parse(body);
      const request = { messages, at: performance.now() };
      requests.push(request);
      void answer(socket, request, requests.length - 1);
    };
    socket.on("data", onData);
  });
  return { ...upstream, requests };
}

function wholeBody(received: Buffer): string | undefined {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const length = Number(/^content-length: *(\d+)/im.exec(received.subarray(0, end).toString("latin1"))?.[1]);
  const body = received.subarray(end + 4);
  return body.length >= length ? body.toString("utf8") : undefined;
}

/** What a piece adds to a gzip stream that goes on after it. */
function compressed(gzip: Gzip, piece: string | Uint8Array): Promise<Buffer> {
  return new Promise((resolve) => {
    gzip.write(piece);
    gzip.flush(() => resolve(gzip.read() ?? Buffer.alloc(0)));
  });
}
