/** Told of one HTTP/1.1 message after the other, as their bytes come. */
export interface HttpSink {
  /** The start line and the headers, as they came. */
  head(text: string): void;
  /** A piece of the body, without its framing; the buffer is not kept. */
  body(piece: Buffer): void;
  /** The message is whole. */
  end(): void;
}

const HEAD_END = Buffer.from("\r\n\r\n");
const NEW_LINE = 10;

/**
 * Reads HTTP/1.1 messages from a socket: just enough of it, since both ends of the bench are ours or under test.
 *
 * Node's own client costs several times what the fastest server under test does, and would measure itself.
 */
export class HttpReader {
  readonly #sink: HttpSink;
  #rest: Buffer | undefined;
  #state: "head" | "length" | "chunk-size" | "chunk" | "chunk-end" | "trailer" | "raw" = "head";
  /** Bytes that are still to come of the body or chunk. */
  #left = 0;

  constructor(sink: HttpSink) {
    this.#sink = sink;
  }

  /** @throws {SyntaxError} If the framing of a chunk is none. */
  push(bytes: Buffer): void {
    let data = this.#rest === undefined ? bytes : Buffer.concat([this.#rest, bytes]);
    this.#rest = undefined;
    let at = 0;
    while (at < data.length) {
      const next = this.#step(data, at);
      if (next === -1) break;
      at = next;
      if (this.#state === "raw") {
        this.#sink.body(data.subarray(at));
        return;
      }
    }
    if (at < data.length) {
      data = data.subarray(at);
      this.#rest = data;
    }
  }

  /** Reads one part from a position and tells where the next begins; -1 if it is not whole yet. */
  #step(data: Buffer, at: number): number {
    switch (this.#state) {
      case "head":
        return this.#head(data, at);
      case "length":
      case "chunk": {
        const end = Math.min(data.length, at + this.#left);
        this.#left -= end - at;
        this.#sink.body(data.subarray(at, end));
        if (this.#left === 0) {
          if (this.#state === "chunk") this.#state = "chunk-end";
          else this.#end();
        }
        return end;
      }
      case "chunk-end":
        if (data.length < at + 2) return -1;
        this.#state = "chunk-size";
        return at + 2;
      case "chunk-size":
        return this.#chunkSize(data, at);
      case "trailer": {
        const lineEnd = data.indexOf(NEW_LINE, at);
        if (lineEnd === -1) return -1;
        if (lineEnd - at <= 1) this.#end();
        return lineEnd + 1;
      }
      case "raw":
        return at;
    }
  }

  #head(data: Buffer, at: number): number {
    const end = data.indexOf(HEAD_END, at);
    if (end === -1) return -1;
    const text = data.toString("latin1", at, end);
    this.#sink.head(text);
    const length = /\ncontent-length: *(\d+)/i.exec(text)?.[1];
    this.#left = Number(length ?? 0);
    if (/^HTTP\/1\.1 101 /.test(text)) this.#state = "raw";
    else if (/\ntransfer-encoding: *chunked/i.test(text)) this.#state = "chunk-size";
    else if (this.#left > 0) this.#state = "length";
    else this.#end();
    return end + HEAD_END.length;
  }

  #chunkSize(data: Buffer, at: number): number {
    const lineEnd = data.indexOf(NEW_LINE, at);
    if (lineEnd === -1) return -1;
    const size = Number.parseInt(data.toString("latin1", at, lineEnd), 16);
    if (Number.isNaN(size))
      throw new SyntaxError(`Cannot read a chunk's size from '${data.toString("latin1", at, lineEnd)}'`);
    this.#left = size;
    this.#state = size === 0 ? "trailer" : "chunk";
    return lineEnd + 1;
  }

  #end(): void {
    this.#state = "head";
    this.#sink.end();
  }
}
