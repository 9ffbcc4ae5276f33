import { randomBytes } from "node:crypto";

const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

/** A text frame as clients send it; masked with zeros, which the protocol allows and costs nothing. */
export function clientTextFrame(text: string): Buffer {
  return clientFrame(TEXT, Buffer.from(text));
}

/** The answer to a ping. */
export function clientPongFrame(payload: Buffer): Buffer {
  return clientFrame(PONG, payload);
}

function clientFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  if (length > 0xffff) throw new RangeError(`Cannot send ${length} bytes in one frame: 65,535 is the most`);
  const isShort = length < 126;
  const head = Buffer.alloc(isShort ? 6 : 8);
  head[0] = 0x80 | opcode;
  head[1] = 0x80 | (isShort ? length : 126);
  if (!isShort) head.writeUInt16BE(length, 2);
  return Buffer.concat([head, payload]);
}

/** The request that turns a connection into a WebSocket. */
export function upgradeRequest(path: string, headers: string): string {
  const key = randomBytes(16).toString("base64");
  return `GET ${path} HTTP/1.1\r\nHost: bench\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n${headers}\r\n`;
}

/** Told of what a server's frames hold. */
export interface WebSocketSink {
  text(message: string): void;
  ping(payload: Buffer): void;
  close(): void;
}

/** Reads a server's frames; fragmented messages are not spoken by the servers under test and are refused. */
export class WebSocketReader {
  readonly #sink: WebSocketSink;
  #rest: Buffer | undefined;

  constructor(sink: WebSocketSink) {
    this.#sink = sink;
  }

  /** @throws {SyntaxError} At a frame that is a part of a message. */
  push(bytes: Buffer): void {
    const data = this.#rest === undefined ? bytes : Buffer.concat([this.#rest, bytes]);
    this.#rest = undefined;
    let at = 0;
    while (data.length - at >= 2) {
      const opcode = (data[at] ?? 0) & 15;
      const isFinal = ((data[at] ?? 0) & 0x80) !== 0;
      let length = (data[at + 1] ?? 0) & 127;
      let from = at + 2;
      if (length === 126) {
        if (data.length < at + 4) break;
        length = data.readUInt16BE(at + 2);
        from = at + 4;
      } else if (length === 127) {
        if (data.length < at + 10) break;
        length = Number(data.readBigUInt64BE(at + 2));
        from = at + 10;
      }
      if (data.length < from + length) break;
      if (!isFinal) throw new SyntaxError("Cannot read a message in parts");
      this.#tell(opcode, data, from, from + length);
      at = from + length;
    }
    if (at < data.length) this.#rest = data.subarray(at);
  }

  #tell(opcode: number, data: Buffer, from: number, to: number): void {
    if (opcode === TEXT) this.#sink.text(data.toString("latin1", from, to));
    else if (opcode === PING) this.#sink.ping(data.subarray(from, to));
    else if (opcode === CLOSE) this.#sink.close();
  }
}
