import type { AnswerEnd, AnswerState, FailureInfo } from "@cogniforge/core/events";
import { EMPTY_ANSWER_STATE, foldEvent } from "@cogniforge/core/events";
import { httpStatusOf, isFailureCode } from "@cogniforge/core/failures";
import type { Principal } from "../../auth/principal.ts";
import { sendJson } from "../../http/respond.ts";
import type { Exchange } from "../../http/routes.ts";
import type { Services } from "../../services.ts";

export interface SendWholeAnswerOptions {
  answerId: string;
  /** The body for an answer that was completed. */
  toBody: (state: AnswerState, end: AnswerEnd) => unknown;
  /** The body for one that was not. */
  toErrorBody: (failure: FailureInfo, end: AnswerEnd) => unknown;
}

/** Waits for an answer's end and gives it in one piece; a reader who leaves is not answered. */
export async function sendWholeAnswer(
  answers: Services["answers"],
  principal: Principal,
  { response }: Exchange,
  { answerId, toBody, toErrorBody }: SendWholeAnswerOptions,
): Promise<void> {
  const stop = new AbortController();
  response.once("close", () => stop.abort());
  let state = EMPTY_ANSWER_STATE;
  for await (const batch of await answers.watch(principal, answerId, { signal: stop.signal, past: "deltas" })) {
    for (const { event } of batch) state = foldEvent(state, event);
  }
  const { end } = state;
  if (end === undefined) return;
  response.setHeader("x-answer-id", answerId);
  if (end.failure === undefined) return sendJson(response, 200, toBody(state, end));
  const status = isFailureCode(end.failure.code) ? httpStatusOf(end.failure.code) : 500;
  if (end.failure.retryAfterMs !== undefined) {
    response.setHeader("retry-after", Math.ceil(end.failure.retryAfterMs / 1000));
  }
  sendJson(response, status, toErrorBody(end.failure, end));
}
