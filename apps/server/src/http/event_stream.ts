import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { encodeSse } from "@cogniforge/core/sse";

/** A ping proves at least this often that the connection lives, in milliseconds; proxies give up after 30 seconds and more. */
const PING_MS = 10_000;

const PING = encodeSse({ comment: "ping" });

/** Made once, since an error costs its stack. */
const CLOSED = new DOMException("The stream was closed", "AbortError");

export interface EventStreamOptions {
  /** What proves that the connection lives, where a format has its own word for it; by default a comment. */
  ping?: string;
}

/** One response as an event stream: first byte at once, pings in silence, and the reader's pace respected. */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #closed = new AbortController();
  readonly #pings: NodeJS.Timeout;

  /** @param headers Further headers of the response. */
  constructor(
    response: ServerResponse,
    headers: Record<string, string> = {},
    { ping = PING }: EventStreamOptions = {},
  ) {
    this.#response = response;
    response.once("close", () => this.#stop());
    response.writeHead(200, {
      ...headers,
      "content-type": "text/event-stream; charset=utf-8",
      // Proxies and compressors must pass every event on as it comes.
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no",
      connection: "keep-alive",
    });
    response.socket?.setNoDelay(true);
    response.write(ping);
    this.#pings = setInterval(() => response.write(ping), PING_MS);
  }

  /** Aborted when the reader has gone or the stream has ended. */
  get signal(): AbortSignal {
    return this.#closed.signal;
  }

  /** Writes an event as one write; waits while the reader does not keep up. */
  async write(text: string): Promise<void> {
    if (this.#closed.signal.aborted) return;
    if (this.#response.write(text)) return;
    try {
      await once(this.#response, "drain", { signal: this.#closed.signal });
    } catch {
      // The reader has gone: whoever feeds the stream sees that by its signal.
    }
  }

  /** @param last The last event: it goes out with the end, in one write. */
  end(last?: string): void {
    const isOpen = !this.#closed.signal.aborted;
    this.#stop();
    if (last !== undefined && isOpen) this.#response.end(last);
    else this.#response.end();
  }

  #stop(): void {
    clearInterval(this.#pings);
    this.#closed.abort(CLOSED);
  }
}
