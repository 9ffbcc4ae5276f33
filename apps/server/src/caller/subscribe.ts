import type { AnswerEvent } from "@cogniforge/core/events";
import type { Access } from "./access.ts";
import { call } from "./call.ts";
import { eventsOf } from "./events_of.ts";

/** An event of an answer with the cursor of the position after it. */
export interface Heard {
  cursor: string;
  event: AnswerEvent;
}

export interface SubscribeOptions {
  answerId: string;
  /** Position to go on after. */
  cursor?: string | undefined;
  signal: AbortSignal;
  /** Called at every sign of life, pings included. */
  onLife?: () => void;
}

/**
 * Follows an answer over one event stream of the tRPC door; ends with the stream, which may be before the answer's end.
 *
 * @throws {RefusedError} What the server says, before any event.
 */
export async function* subscribe(
  access: Access,
  { answerId, cursor, signal, onLife = () => {} }: SubscribeOptions,
): AsyncGenerator<Heard> {
  const input = encodeURIComponent(JSON.stringify({ answerId, lastEventId: cursor }));
  const headers = { accept: "text/event-stream" };
  const response = await call(access, `/trpc/answers.watch?input=${input}`, { signal, headers });
  for await (const { event: type, id, data } of eventsOf(response, onLife)) {
    if (type === "return") return;
    if (type === "serialized-error") throw new Error("The subscription broke off on the server");
    if (id) yield { cursor: id, event: JSON.parse(data) as AnswerEvent };
  }
}
