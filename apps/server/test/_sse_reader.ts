import type { IncomingMessage } from "node:http";
import { request } from "node:http";
import { KEY } from "./_server.ts";

/** One frame as it came: its lines' values, and its data as JSON where it has any. */
export interface RawFrame {
  /** The bytes of the frame as text, the blank line left out. */
  raw: string;
  id: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server says is looked at by each test
  json: any;
}

export interface OpenSseOptions {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** Leaves the key out. */
  isAnonymous?: boolean;
}

/** An event stream over plain `node:http`, byte for byte, without any client's own ideas. */
export class SseReader {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  /** All that came, comments included. */
  text = "";
  readonly frames: RawFrame[] = [];
  /** Resolves when the connection has ended, however it did. */
  readonly closed: Promise<void>;
  #rest = Buffer.alloc(0);
  #isClosed = false;
  readonly #response: IncomingMessage;
  readonly #waiting = new Set<() => void>();

  constructor(response: IncomingMessage) {
    this.#response = response;
    this.status = response.statusCode ?? 0;
    this.headers = response.headers;
    response.on("data", (chunk: Buffer) => this.#take(chunk));
    response.on("error", () => {});
    this.closed = new Promise((resolve) => {
      response.once("close", () => {
        this.#isClosed = true;
        for (const wake of this.#waiting) wake();
        resolve();
      });
    });
  }

  /** The first frame, past or to come, that fits. */
  async until(fits: (frame: RawFrame) => boolean): Promise<RawFrame> {
    for (;;) {
      const found = this.frames.find(fits);
      if (found !== undefined) return found;
      if (this.#isClosed) throw new Error(`The stream ended without the frame; it said: ${this.text}`);
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }

  /** The frames of one type. */
  ofType(type: string): RawFrame[] {
    return this.frames.filter(({ json }) => json?.type === type);
  }

  leave(): void {
    this.#response.destroy();
  }

  /** Reads no further until `resume()`. */
  pause(): void {
    this.#response.pause();
  }

  resume(): void {
    this.#response.resume();
  }

  #take(chunk: Buffer): void {
    // Cut at line ends only: a character may be split between two chunks.
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (let end = this.#rest.indexOf("\n\n"); end >= 0; end = this.#rest.indexOf("\n\n")) {
      const raw = this.#rest.subarray(0, end).toString("utf8");
      this.#rest = this.#rest.subarray(end + 2);
      this.text += `${raw}\n\n`;
      const lines = raw.split("\n");
      const data = lines.find((line) => line.startsWith("data: "))?.slice(6);
      if (data === undefined) continue;
      const id = lines.find((line) => line.startsWith("id: "))?.slice(4);
      this.frames.push({ raw, id, json: data.startsWith("{") ? JSON.parse(data) : undefined });
    }
    for (const wake of this.#waiting) wake();
  }
}

/** Opens an event stream, with the key unless told otherwise. */
export function openSse(url: string, options: OpenSseOptions = {}): Promise<SseReader> {
  const { method = "GET", headers, body, isAnonymous = false } = options;
  return new Promise((resolve, reject) => {
    const asking = request(url, {
      method,
      agent: false,
      headers: { ...(!isAnonymous && { authorization: `Bearer ${KEY}` }), ...headers },
    });
    asking.once("response", (response) => resolve(new SseReader(response)));
    asking.once("error", reject);
    asking.end(body);
  });
}

/** The path of the plain SSE route with its query. */
export function plainSse(query: Record<string, string> = {}): string {
  const text = new URLSearchParams(query).toString();
  return `/admin/api/chat/stream${text && `?${text}`}`;
}
