import type { AnswerEvent } from "@cogniforge/core/events";
import type { Lifeline } from "../lifeline.ts";

/** From best to last resort. */
export type TransportName = "websocket" | "sse" | "polling";

/** All of them, in the order in which they are tried. */
export const TRANSPORT_NAMES: readonly TransportName[] = ["websocket", "sse", "polling"];

/** Events that came together, and the cursor of the position after the last. */
export interface EventBatch {
  events: readonly AnswerEvent[];
  cursor: string;
}

export interface ConnectRequest {
  answerId: string;
  /** Position to go on after; absent means from the beginning. */
  cursor: string | undefined;
  /** Ends the connection at once. */
  signal: AbortSignal;
  /** Is told of every byte that comes. */
  lifeline: Lifeline;
}

/** One way to follow an answer; knows nothing of retries, which are the ladder's. */
export interface Transport {
  readonly name: TransportName;
  /**
   * Opens one connection and yields what it brings, until it is closed or cut.
   *
   * @throws {FailureError} If the server refuses.
   * @throws {unknown} Whatever else broke the connection.
   */
  connect(request: ConnectRequest): AsyncIterable<EventBatch>;
}

/** Where to connect, and with what. */
export interface Endpoint {
  /** Absolute URL of the tRPC door, without a slash at the end. */
  url: string;
  /** Headers of every request, read anew for each. */
  headers: () => Promise<Record<string, string>>;
  fetch: typeof globalThis.fetch;
  /** Absent where the runtime has none. */
  WebSocket: WebSocketClass | undefined;
}

/** The part of a WebSocket that is used: the browser's, Node's, Deno's, Bun's and the `ws` package's all have it. */
export interface WebSocketLike {
  send(data: string): void;
  close(): void;
  /** Of `ws` and Bun: closes without waiting for the other side. */
  terminate?(): void;
  addEventListener(type: "open" | "close" | "error", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
}

/** Browsers can send no headers with a WebSocket and throw when given options; the other runtimes take them so. */
export type WebSocketClass = new (url: string, options?: { headers: Record<string, string> }) => WebSocketLike;
