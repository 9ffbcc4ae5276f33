import type { AnswerState } from "../events/mod.ts";
import { EMPTY_ANSWER_STATE, foldEvent } from "../events/mod.ts";
import type { Journal } from "../journal/mod.ts";

/** Events of one page when the past is read. */
const PAGE = 500;

/** Folds all that the journal holds of an answer; with `beforeEnd`, without its terminal event. */
export async function foldJournal(
  journal: Pick<Journal, "read">,
  answerId: string,
  options: { beforeEnd?: boolean } = {},
): Promise<AnswerState> {
  let state = EMPTY_ANSWER_STATE;
  for (;;) {
    const page = await journal.read(answerId, state.seq, PAGE);
    if (page.length === 0) return state;
    for (const event of page) {
      if (options.beforeEnd && event.type === "answer-end") return state;
      state = foldEvent(state, event);
    }
  }
}
