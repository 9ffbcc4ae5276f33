import type { Transform } from "node:stream";
import type { Dispatcher } from "undici";

type Controller = Dispatcher.DispatchController;
type Read = { done: false; value: Uint8Array } | { done: true; value: undefined };

interface Waiting {
  resolve: (read: Read) => void;
  reject: (reason: unknown) => void;
}

/** Bytes that may wait for a reader before the connection is told to pause. */
const MAX_WAITING_BYTES = 256 * 1024;

const END: Read = { done: true, value: undefined };

/**
 * The body of one upstream answer: what undici's parser gives, handed on read by read.
 *
 * It takes the place of a web stream, whose queues and promises cost more than all that is done with the bytes.
 */
export class UpstreamBody {
  readonly #controller: Controller;
  /** Undoes a compression that nobody asked for. */
  readonly #decoder: Transform | undefined;
  #chunks: Uint8Array[] = [];
  #waitingBytes = 0;
  #isPaused = false;
  #waiting: Waiting | undefined;
  #end: Read | { reason: unknown } | undefined;

  constructor(controller: Controller, decoder?: Transform) {
    this.#controller = controller;
    this.#decoder = decoder;
    decoder?.on("data", (chunk: Uint8Array) => this.#push(chunk));
    decoder?.on("drain", () => {
      if (!this.#isPaused) this.#controller.resume();
    });
    decoder?.on("end", () => this.#finish(END));
    decoder?.on("error", (reason) => this.#finish({ reason }));
  }

  /** There is one reader, which is the body itself. */
  getReader(): this {
    return this;
  }

  /** The next piece; everything that came since the last read is one piece. */
  read(): Promise<Read> {
    if (this.#chunks.length > 0) return Promise.resolve({ done: false, value: this.#take() });
    const end = this.#end;
    if (end !== undefined) return "reason" in end ? Promise.reject(end.reason) : Promise.resolve(end);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  /** Lets go of the rest; a read that waits ends. */
  cancel(): Promise<void> {
    if (this.#end === undefined) {
      this.#chunks = [];
      this.#finish(END);
      this.#decoder?.destroy();
      this.#controller.abort(new DOMException("The body is not read any further", "AbortError"));
    }
    return Promise.resolve();
  }

  /** Bytes from the connection. */
  received(bytes: Uint8Array): void {
    if (this.#end !== undefined) return;
    if (this.#decoder === undefined) this.#push(bytes);
    else if (!this.#decoder.write(bytes)) this.#controller.pause();
  }

  /** The connection has given everything. */
  completed(): void {
    if (this.#decoder === undefined) this.#finish(END);
    else this.#decoder.end();
  }

  /** The connection has failed; what came before it is still read. */
  failed(reason: unknown): void {
    this.#finish({ reason });
  }

  #push(bytes: Uint8Array): void {
    const waiting = this.#waiting;
    if (waiting !== undefined) {
      this.#waiting = undefined;
      waiting.resolve({ done: false, value: bytes });
      return;
    }
    this.#chunks.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes > MAX_WAITING_BYTES && !this.#isPaused) {
      this.#isPaused = true;
      this.#controller.pause();
      // A few bytes can hold megabytes: those already read must not be undone at once either.
      this.#decoder?.pause();
    }
  }

  #take(): Uint8Array {
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#waitingBytes = 0;
    if (this.#isPaused) {
      this.#isPaused = false;
      this.#decoder?.resume();
      this.#controller.resume();
    }
    return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks);
  }

  #finish(end: Read | { reason: unknown }): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) return;
    if ("reason" in end) waiting.reject(end.reason);
    else waiting.resolve(end);
  }
}
