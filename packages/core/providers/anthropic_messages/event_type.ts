import { asObject, type JsonObject } from "../_json.ts";
import { hasErrorMark, isErrorSet, isFlatError } from "../_stated_error.ts";

/** The events and bodies that are read; all others are skipped. */
const TYPES = [
  "message",
  "message_start",
  "content_block_start",
  "content_block_delta",
  "content_block_stop",
  "message_delta",
  "message_stop",
  "ping",
] as const;
export type EventType = (typeof TYPES)[number];

const KNOWN: ReadonlySet<unknown> = new Set(TYPES);

/** What an event is; proxies that keep its name in the `event:` line alone leave only its shape. `undefined` if nobody knows it. */
export function typeOf(event: JsonObject): EventType | undefined {
  const { type } = event;
  if (KNOWN.has(type)) return type as EventType;
  if (type !== undefined && type !== null) return undefined;
  if (asObject(event.message) !== undefined) return "message_start";
  if (asObject(event.content_block) !== undefined) return "content_block_start";
  const delta = asObject(event.delta);
  if (delta !== undefined) return "stop_reason" in delta ? "message_delta" : "content_block_delta";
  return event.role === "assistant" && "content" in event ? "message" : undefined;
}

/** The error that an event or a body is, whatever its gateway's shape; `undefined` if it is none. */
export function findError(body: JsonObject): unknown {
  const { error, type } = body;
  if (isErrorSet(error) || hasErrorMark(body)) return body;
  if (typeof type === "string" || typeOf(body) !== undefined || "content" in body) return undefined;
  return asObject(body.error) !== undefined || isFlatError(body) ? body : undefined;
}
