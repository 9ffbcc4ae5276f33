import type { AnswerEvent } from "@cogniforge/core/events";
import { SseDecoder, type SseItem } from "@cogniforge/core/sse";
import { ConnectionError, failureOfShape } from "../errors.ts";
import type { ConnectRequest, Endpoint, EventBatch, Transport } from "./transport.ts";

/**
 * Follows an answer over Server-Sent Events.
 *
 * Read with `fetch` and not with `EventSource`: so it needs no class on any runtime, sends headers, sees the status and the
 * reason of a refusal, and does not reconnect behind the ladder's back (nor give up for good on a 5xx, as a browser's does).
 */
export class SseTransport implements Transport {
  readonly name = "sse";
  readonly #endpoint: Endpoint;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  async *connect({ answerId, cursor, signal, lifeline }: ConnectRequest): AsyncGenerator<EventBatch> {
    const input = cursor === undefined ? { answerId } : { answerId, lastEventId: cursor };
    const body = await openSubscription(this.#endpoint, "answers.watch", input, signal);
    const reader = body.getReader();
    const decoder = new SseDecoder();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        lifeline.beat();
        const { batch, end } = readItems(decoder.push(value));
        if (batch) yield batch;
        if (end?.error) throw end.error;
        if (end) return;
      }
    } finally {
      reader.cancel().catch(() => {});
    }
  }
}

/**
 * Opens a subscription of the tRPC door as a stream of Server-Sent Events.
 *
 * @throws {FailureError} If the server refuses; a `ConnectionError` if what answers is not our server.
 */
export async function openSubscription(
  endpoint: Endpoint,
  procedure: string,
  input: unknown,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const { url, fetch } = endpoint;
  const query = input === undefined ? "" : `?${new URLSearchParams({ input: JSON.stringify(input) })}`;
  const headers = { ...(await endpoint.headers()), accept: "text/event-stream" };
  const response = await fetch(`${url}/${procedure}${query}`, { headers, signal, cache: "no-store" });
  const type = response.headers.get("content-type") ?? "";
  if (response.ok && response.body && type.startsWith("text/event-stream")) return response.body;
  throw await refusalOf(response);
}

async function refusalOf(response: Response): Promise<Error> {
  const { status } = response;
  const text = await response.text();
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    return failureOfShape(error, status) ?? new ConnectionError({ status });
  } catch {
    // A proxy's page, not our server's JSON.
    return new ConnectionError({ status });
  }
}

interface ReadItems {
  /** What came together, joined. */
  batch?: EventBatch;
  /** The server ended the stream, with an error or in order. */
  end?: { error?: Error };
}

/** tRPC names its own frames; those of the answer have no name. */
function readItems(items: readonly SseItem[]): ReadItems {
  const events: AnswerEvent[] = [];
  const read: ReadItems = {};
  for (const item of items) {
    if (item.type !== "event") continue;
    if (item.event === "return") {
      read.end = {};
    } else if (item.event === "serialized-error") {
      const error = failureOfShape(JSON.parse(item.data));
      read.end = { error: error ?? new Error("The server ended the subscription with an error") };
    } else if (item.event === undefined && item.id !== undefined) {
      events.push(JSON.parse(item.data) as AnswerEvent);
      read.batch = { events, cursor: item.id };
    }
  }
  return read;
}
