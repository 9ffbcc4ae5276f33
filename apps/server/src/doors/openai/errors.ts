import type { FailureInfo } from "@cogniforge/core/events";
import { isFailureCode, openAiErrorType } from "@cogniforge/core/failures";
import { failureErrorOf } from "../../http/respond.ts";
import type { HttpRoute } from "../../http/routes.ts";
import { sendFailureBody } from "../v1/send_failure.ts";

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

/** Answers with what was thrown, in OpenAI's shape. */
export const refuseAsOpenAi: HttpRoute["refuse"] = (exchange, error) => {
  const { info } = failureErrorOf(error);
  if (!exchange.response.headersSent) sendFailureBody(exchange, info, openAiErrorOf(info));
};
