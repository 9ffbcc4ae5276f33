import type { AskMessages } from "../../answers/answers.ts";
import { FailureError } from "../../failure_error.ts";
import type { Door } from "../../http/request_origin.ts";
import { originOf } from "../../http/request_origin.ts";
import type { Exchange } from "../../http/routes.ts";

/** Messages may hold images and files in base64. */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** How long an answer goes on when its only reader has left and no key names it, in milliseconds. */
const GRACE_MS = 15_000;

/**
 * What a program says of its ask in headers: `Idempotency-Key`, `x-cogniforge-on-cut`; and where the ask comes from.
 *
 * @throws {FailureError} `invalid-input`, naming the header.
 */
export function askOptionsOf(
  exchange: Exchange,
  door: Door,
): Pick<AskMessages, "idempotencyKey" | "onCut" | "cancelWhenUnwatchedMs" | "origin"> {
  const idempotencyKey = headerOf(exchange, "idempotency-key");
  return {
    idempotencyKey,
    onCut: onCutOf(exchange),
    cancelWhenUnwatchedMs: idempotencyKey === undefined ? GRACE_MS : undefined,
    origin: originOf(exchange.request, door),
  };
}

/** The position that a reader comes back with, as an `EventSource` sends it. */
export function lastEventIdOf(exchange: Exchange): string | undefined {
  return headerOf(exchange, "last-event-id");
}

function onCutOf(exchange: Exchange): "continue" | "fail" | undefined {
  const value = headerOf(exchange, "x-cogniforge-on-cut");
  if (value === undefined || value === "continue" || value === "fail") return value;
  throw new FailureError("invalid-input", {
    param: "x-cogniforge-on-cut",
    detail: { en: "The header must be 'continue' or 'fail'", ar: "قيمة الترويسة 'continue' أو 'fail'" },
  });
}

function headerOf({ request }: Exchange, name: string): string | undefined {
  const value = request.headers[name];
  return (Array.isArray(value) ? value[0] : value) || undefined;
}
