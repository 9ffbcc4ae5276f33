import type { FailureInfo } from "@cogniforge/core/events";
import { httpStatusOf, isFailureCode } from "@cogniforge/core/failures";
import { sendJson } from "../../http/respond.ts";
import type { Exchange } from "../../http/routes.ts";

/** Answers with a failure in a door's shape, and with the headers by which SDKs know whether and when to try again. */
export function sendFailureBody({ request, response }: Exchange, failure: FailureInfo, body: unknown): void {
  const { code, retryAfterMs } = failure;
  if (retryAfterMs !== undefined) {
    response.setHeader("retry-after", Math.ceil(retryAfterMs / 1000));
    response.setHeader("retry-after-ms", Math.ceil(retryAfterMs));
  }
  // The same key gives the same failure again: a client that repeats its request would wait for nothing.
  const isKeyed = request.headers["idempotency-key"] !== undefined;
  const isOfTheAnswer = response.hasHeader("x-answer-id");
  const isFinal = isOfTheAnswer && code !== "restarting";
  if (code === "id-taken" || (isKeyed && isFinal)) response.setHeader("x-should-retry", "false");
  sendJson(response, isFailureCode(code) ? httpStatusOf(code) : 500, body);
}
