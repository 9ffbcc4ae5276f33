import type { ServerResponse } from "node:http";

/** Made once: every response closes, and an error costs its stack. */
const CLOSED = new DOMException("The connection was closed", "AbortError");

/** Aborted when a response is over, whether it was sent whole or its reader has gone. */
export function closeSignal(response: ServerResponse): AbortSignal {
  const closed = new AbortController();
  response.once("close", () => closed.abort(CLOSED));
  return closed.signal;
}
