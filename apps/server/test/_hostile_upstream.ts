import { once } from "node:events";
import type { Socket } from "node:net";
import { brotliCompressSync, constants, deflateRawSync, zstdCompressSync } from "node:zlib";
import { startMisbehavingUpstream } from "./_misbehaving_upstream.ts";

/** An upstream that means harm, and what it got rid of. */
export interface HostileUpstream extends AsyncDisposable {
  url: string;
  /** Bytes that left towards the reader; what the kernels hold is counted too. */
  sent(): number;
  /** Resolves when every connection so far is closed. */
  closed(): Promise<unknown>;
}

/** Starts an upstream that answers each request with whatever `attack` does to the socket. */
export async function startHostileUpstream(attack: (socket: Socket) => unknown): Promise<HostileUpstream> {
  const sockets: Socket[] = [];
  const upstream = await startMisbehavingUpstream((socket) => {
    sockets.push(socket);
    void attack(socket);
  });
  return {
    ...upstream,
    sent: () => sockets.reduce((sum, socket) => sum + socket.bytesWritten - socket.writableLength, 0),
    closed: () => Promise.all(sockets.map((socket) => socket.closed || once(socket, "close"))),
  };
}

/** Writes as fast as the reader takes it: the first piece once, then the other until the reader leaves or so many bytes went. */
export async function flood(
  socket: Socket,
  first: string | Uint8Array,
  again: string | Uint8Array,
  maxBytes = Number.POSITIVE_INFINITY,
): Promise<void> {
  socket.write(first);
  const piece = Buffer.from(again);
  const block = Buffer.concat(Array.from({ length: Math.max(1, Math.ceil(65_536 / piece.length)) }, () => piece));
  while (!socket.destroyed && socket.bytesWritten < maxBytes) {
    if (socket.write(block)) await new Promise((resolve) => setImmediate(resolve));
    else await Promise.race([once(socket, "drain"), once(socket, "close")]).catch(() => {});
  }
}

/** The beginning of an answer; its body ends with the connection unless a field says otherwise. */
export function head(status: string, fields: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({ "content-type": "text/event-stream", ...fields }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return `HTTP/1.1 ${status}\r\n${lines.join("\r\n")}\r\n\r\n`;
}

const MEBIBYTE = 1024 * 1024;

/** One block of deflate that holds a mebibyte of one letter, and may be said again and again. */
const DEFLATE_BLOCK = deflateRawSync(Buffer.alloc(MEBIBYTE, "x"), { finishFlush: constants.Z_FULL_FLUSH });

/** Bombs: bytes that begin a compressed body, and bytes that each time stand for at least a mebibyte more of one line. */
export const BOMBS: Readonly<Record<string, [first: Uint8Array, again: Uint8Array]>> = {
  gzip: [Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3), DEFLATE_BLOCK],
  deflate: [Uint8Array.of(0x78, 0x9c), DEFLATE_BLOCK],
  zstd: [new Uint8Array(), zstdCompressSync(Buffer.alloc(16 * MEBIBYTE, "x"))],
  // Brotli streams cannot be put together: this one holds its mebibytes at once.
  br: [brotliBomb(), new Uint8Array([0])],
};

function brotliBomb(): Uint8Array {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 1, [constants.BROTLI_PARAM_LGWIN]: 24 };
  return brotliCompressSync(Buffer.alloc(128 * MEBIBYTE, "x"), { params });
}
