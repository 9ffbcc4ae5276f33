import type { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { encodeSse } from "@cogniforge/core/sse";
import { endPiece, writePiece } from "./write_piece.ts";

/** A ping proves at least this often that the connection lives, in milliseconds; proxies give up after 30 seconds and more. */
const PING_MS = 10_000;

const PING = encodeSse({ comment: "ping" });

export interface EventStreamOptions {
  /** What proves that the connection lives, where a format has its own word for it; by default a comment. */
  ping?: string;
}

/** One response as an event stream: first byte at once, pings in silence, and the reader's pace respected. */
export class EventStream {
  readonly #response: ServerResponse;
  #isClosed = false;
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

  /** Writes an event as one write; waits while the reader does not keep up, and no longer than it is there. */
  async write(text: string): Promise<void> {
    if (this.#isClosed) return;
    const full = writePiece(this.#response, text);
    if (full !== undefined) await drained(full, this.#response);
  }

  /** @param last The last event: it goes out with the end, in one write. */
  end(last = ""): void {
    const isOpen = !this.#isClosed;
    this.#stop();
    endPiece(this.#response, isOpen ? last : "");
  }

  #stop(): void {
    clearInterval(this.#pings);
    this.#isClosed = true;
  }
}

/** Resolves when there is room again, or the reader has gone. */
function drained(full: EventEmitter, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      full.off("drain", done);
      response.off("close", done);
      resolve();
    };
    full.on("drain", done);
    response.on("close", done);
  });
}
