import type { FailureInfo } from "@cogniforge/core/events";
import type { FailureCode } from "@cogniforge/core/failures";
import { httpStatusOf, isFailureCode } from "@cogniforge/core/failures";
import { failureErrorOf } from "../../http/respond.ts";
import type { HttpRoute } from "../../http/routes.ts";
import { sendFailureBody } from "../v1/send_failure.ts";
import { newRequestId } from "./request_id.ts";

/** Anthropic's error, with our code and both languages in it. */
export interface AnthropicError {
  type: "error";
  error: {
    type: string;
    message: string;
    code: string;
    param: string | null;
    message_ar: string;
    remedy: string;
    remedy_ar: string;
  };
  request_id: string;
}

/** Anthropic's words for what each status means. */
const TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  500: "api_error",
  502: "api_error",
  503: "overloaded_error",
  504: "timeout_error",
};

/** A failure in Anthropic's shape. */
export function anthropicErrorOf({ code, message, remedy, param }: FailureInfo, requestId: string): AnthropicError {
  return {
    type: "error",
    error: {
      type: typeOf(isFailureCode(code) ? code : "internal"),
      message: message.en,
      code,
      param: param ?? null,
      message_ar: message.ar,
      remedy: remedy.en,
      remedy_ar: remedy.ar,
    },
    request_id: requestId,
  };
}

function typeOf(code: FailureCode): string {
  // The reader itself wanted no more: neither its request nor the server was wrong.
  if (code === "cancelled") return "api_error";
  const status = httpStatusOf(code);
  return TYPES[status] ?? (status < 500 ? "invalid_request_error" : "api_error");
}

/** Answers with a failure in Anthropic's shape. */
export const refuseAsAnthropic: HttpRoute["refuse"] = (exchange, error) => {
  const { info } = failureErrorOf(error);
  const requestId = newRequestId();
  if (exchange.response.headersSent) return;
  exchange.response.setHeader("request-id", requestId);
  sendFailureBody(exchange, info, anthropicErrorOf(info, requestId));
};
