import type { AnswerEnd, AnswerState, FailureInfo } from "@cogniforge/core/events";
import { EMPTY_ANSWER_STATE, foldEvent } from "@cogniforge/core/events";
import type { Principal } from "../../auth/principal.ts";
import { sendJson } from "../../http/respond.ts";
import type { Exchange } from "../../http/routes.ts";
import type { Services } from "../../services.ts";
import { sendFailureBody } from "./send_failure.ts";
import { WholeReader } from "./whole_reader.ts";

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
  exchange: Exchange,
  { answerId, toBody, toErrorBody }: SendWholeAnswerOptions,
): Promise<void> {
  const { response } = exchange;
  using reader = new WholeReader(response, answers.leaving);
  let state = EMPTY_ANSWER_STATE;
  for await (const batch of await answers.watch(principal, answerId, { signal: reader.signal, past: "deltas" })) {
    for (const { event } of batch) state = foldEvent(state, event);
  }
  const { end } = state;
  response.setHeader("x-answer-id", answerId);
  if (end === undefined) return reader.checkLeaving();
  if (end.failure === undefined) return sendJson(response, 200, toBody(state, end));
  sendFailureBody(exchange, end.failure, toErrorBody(end.failure, end));
}
