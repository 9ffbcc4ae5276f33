import { type AnswerState, EMPTY_ANSWER_STATE, foldEvent } from "@cogniforge/core/events";
import type { TurnView } from "#lib/api/console_api.ts";

type AnswerView = NonNullable<TurnView["answer"]>;

/**
 * The state of an answer that the server gave as a whole, folded from the events that say the same.
 *
 * The state of a running answer has sequence 0, so that the events which are watched from the beginning replace it.
 */
export function answerStateOf(view: AnswerView): AnswerState {
  const { text, reasoning, toolCalls, attempts, end, createdAt } = view;
  const seq = end === undefined ? 0 : end.seq - 1;
  const state = foldEvent(EMPTY_ANSWER_STATE, {
    type: "snapshot",
    seq,
    at: createdAt,
    text,
    reasoning,
    toolCalls: [...toolCalls],
    attempts: [...attempts],
    deltas: 0,
  });
  return end === undefined ? state : foldEvent(state, end);
}
