import type { IncomingMessage, ServerResponse } from "node:http";
import type { AskOrigin } from "@cogniforge/core/engine";
import { newId } from "../answers/answer_id.ts";
import { isTraceparent } from "../otel/trace_ids.ts";

/** The header in which a request's id comes and goes. */
export const REQUEST_ID_HEADER = "x-request-id";

/** An id that somebody before us gave: short, and without anything that a log would have to escape. */
const GIVEN_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** The doors that take questions. */
export type Door = "trpc" | "trpc-websocket" | "sse" | "openai" | "anthropic";

const ids = new WeakMap<IncomingMessage, string>();

/** The request's id: the one that a proxy in front gave it, or a new one, and always the same. */
export function requestIdOf(request: IncomingMessage): string {
  const known = ids.get(request);
  if (known !== undefined) return known;
  const given = headerOf(request, REQUEST_ID_HEADER);
  const id = given !== undefined && GIVEN_ID.test(given) ? given : newId();
  ids.set(request, id);
  return id;
}

/** Tells the caller its request's id, by which the logs can be searched. */
export function tellRequestId(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader(REQUEST_ID_HEADER, requestIdOf(request));
}

/** Where a question comes from that this request asks; a socket's caller is in no trace, as its first request is long over. */
export function originOf(request: IncomingMessage, door: Door): AskOrigin {
  const requestId = requestIdOf(request);
  const traceparent = door === "trpc-websocket" ? undefined : headerOf(request, "traceparent");
  return { door, requestId, ...(traceparent !== undefined && isTraceparent(traceparent) && { traceparent }) };
}

/** What a log line says of a request: nothing of its query, which may be a question. */
export function requestBindings(request: IncomingMessage): Record<string, unknown> {
  const { method, url = "" } = request;
  return { requestId: requestIdOf(request), method, path: url.split("?", 1)[0] };
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) || undefined;
}
