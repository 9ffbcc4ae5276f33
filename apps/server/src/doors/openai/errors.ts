import type { FailureInfo } from "@cogniforge/core/events";
import { httpStatusOf, isFailureCode, openAiErrorType } from "@cogniforge/core/failures";
import { failureErrorOf, sendJson } from "../../http/respond.ts";
import type { Exchange, HttpRoute } from "../../http/routes.ts";

/** OpenAI's error, with our code and both languages in it. */
export interface OpenAiError {
  error: {
    message: string;
    type: string;
    code: string;
    param: string | null;
    message_ar: string;
    remedy: string;
    remedy_ar: string;
  };
}

/** A failure in OpenAI's shape. */
export function openAiErrorOf({ code, message, remedy, param }: FailureInfo): OpenAiError {
  return {
    error: {
      message: message.en,
      type: openAiErrorType(isFailureCode(code) ? code : "internal"),
      code,
      // What names a route is the field `model` here.
      param: param === "route" ? "model" : (param ?? null),
      message_ar: message.ar,
      remedy: remedy.en,
      remedy_ar: remedy.ar,
    },
  };
}

/** Answers with a failure in OpenAI's shape, and with the headers by which its clients know whether and when to try again. */
export function sendOpenAiError({ request, response }: Exchange, failure: FailureInfo, body: unknown): void {
  const { code, retryAfterMs } = failure;
  if (retryAfterMs !== undefined) {
    response.setHeader("retry-after", Math.ceil(retryAfterMs / 1000));
    response.setHeader("retry-after-ms", Math.ceil(retryAfterMs));
  }
  // The same key gives the same failure again: a client that repeats its request would wait for nothing.
  const isKeyed = request.headers["idempotency-key"] !== undefined;
  const isOfTheAnswer = response.hasHeader("x-answer-id");
  if (code === "id-taken" || (isKeyed && isOfTheAnswer)) response.setHeader("x-should-retry", "false");
  sendJson(response, isFailureCode(code) ? httpStatusOf(code) : 500, body);
}

/** Answers with what was thrown, in OpenAI's shape. */
export const refuseAsOpenAi: HttpRoute["refuse"] = (exchange, error) => {
  const { info } = failureErrorOf(error);
  if (!exchange.response.headersSent) sendOpenAiError(exchange, info, openAiErrorOf(info));
};
