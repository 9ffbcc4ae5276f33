import type { AnswerEvent } from "@cogniforge/core/events";
import { failureOfShape } from "../errors.ts";
import type { ConnectRequest, Endpoint, EventBatch, Transport, WebSocketLike } from "./transport.ts";

/** A message of tRPC's WebSocket protocol, as far as we read it. */
interface ServerMessage {
  method?: string;
  error?: unknown;
  result?: { type: "started" | "stopped" | "data"; data?: { id: string; data: AnswerEvent } };
}

/**
 * Follows an answer over one WebSocket of its own.
 *
 * tRPC's own client is not used here: it reconnects by itself, on this transport alone, and waits for the closing
 * handshake of a connection that is dead.
 */
export class WebSocketTransport implements Transport {
  readonly name = "websocket";
  readonly #endpoint: Endpoint;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  async *connect({ answerId, cursor, signal, lifeline }: ConnectRequest): AsyncGenerator<EventBatch> {
    const socket = await this.#open();
    const inbox = new Inbox();
    const onAbort = () => inbox.fail(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    socket.addEventListener("open", () => socket.send(subscribe(answerId, cursor)));
    socket.addEventListener("message", ({ data }) => {
      lifeline.beat();
      if (data === "PING") socket.send("PONG");
      else if (typeof data === "string") inbox.take(data);
    });
    // An `error` says nothing of its cause and is always followed by `close`; unheard, it would end a Node process.
    socket.addEventListener("error", () => {});
    socket.addEventListener("close", () => inbox.finish());
    try {
      for (;;) {
        const batch = await inbox.next();
        if (batch === undefined) return;
        yield batch;
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      inbox.finish();
      hangUp(socket);
    }
  }

  async #open(): Promise<WebSocketLike> {
    const { WebSocket, url } = this.#endpoint;
    if (WebSocket === undefined) throw new TypeError("Cannot open a WebSocket as this runtime has none");
    const headers = await this.#endpoint.headers();
    const address = url.replace(/^http/, "ws");
    return Object.keys(headers).length === 0 ? new WebSocket(address) : new WebSocket(address, { headers });
  }
}

function subscribe(answerId: string, cursor: string | undefined): string {
  const input = cursor === undefined ? { answerId } : { answerId, lastEventId: cursor };
  return JSON.stringify({ id: 1, method: "subscription", params: { path: "answers.watch", input } });
}

function hangUp(socket: WebSocketLike): void {
  // A close handshake over a dead link would keep the socket for half a minute.
  if (socket.terminate) socket.terminate();
  else socket.close();
}

/** What has come and was not yet read. */
class Inbox {
  #events: AnswerEvent[] = [];
  #cursor = "";
  #isOver = false;
  #error: { cause: unknown } | undefined;
  #wake: (() => void) | undefined;

  take(text: string): void {
    const { method, error, result } = JSON.parse(text) as ServerMessage;
    if (error !== undefined) this.fail(failureOfShape(error) ?? new Error("The server refused the subscription"));
    // The server is about to stop and asks its clients to come back.
    else if (method === "reconnect" || result?.type === "stopped") this.finish();
    else if (result?.type === "data" && result.data) {
      this.#events.push(result.data.data);
      this.#cursor = result.data.id;
      this.#wake?.();
    }
  }

  fail(cause: unknown): void {
    this.#error ??= { cause };
    this.finish();
  }

  finish(): void {
    this.#isOver = true;
    this.#wake?.();
  }

  /** What came since the last call, waiting for it; `undefined` at the end. */
  async next(): Promise<EventBatch | undefined> {
    if (this.#events.length === 0 && !this.#isOver) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#events.length > 0) {
      const batch = { events: this.#events, cursor: this.#cursor };
      this.#events = [];
      return batch;
    }
    if (this.#error) throw this.#error.cause;
    return undefined;
  }
}
