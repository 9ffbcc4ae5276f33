import type { AnswerState } from "../events/mod.ts";
import { EMPTY_ANSWER_STATE, foldEvent } from "../events/mod.ts";
import type { Journal } from "../journal/mod.ts";
import { StreamTiming } from "../metrics/mod.ts";
import type { Clock } from "../resilience/mod.ts";

/** Events of one page when the past is read. */
const PAGE = 500;

/** What was of an answer before this process took it up; moments are on this process's monotonic clock. */
export interface Past {
  state: AnswerState;
  /** The whole answer's, from its acceptance on. */
  timing: StreamTiming;
  /** Each attempt's. */
  attempts: ReadonlyMap<number, StreamTiming>;
  /** When its last event was written. */
  lastAt: number;
  /** How long it was carried, from its first event to its last, in milliseconds. */
  carriedMs: number;
}

/** Reads an answer's past from its journal, so that its state and its measures go on instead of beginning anew. */
export async function readPast(journal: Journal, answerId: string, clock: Clock): Promise<Past> {
  const sinceEpoch = clock.wallTime() - clock.now();
  const attempts = new Map<number, StreamTiming>();
  let timing = new StreamTiming(clock.now());
  let state = EMPTY_ANSWER_STATE;
  let firstAt: number | undefined;
  let lastAt = clock.now();
  for (;;) {
    const page = await journal.read(answerId, state.seq, PAGE);
    if (page.length === 0) return { state, timing, attempts, lastAt, carriedMs: lastAt - (firstAt ?? lastAt) };
    for (const event of page) {
      const at = event.at - sinceEpoch;
      lastAt = at;
      firstAt ??= at;
      state = foldEvent(state, event);
      if (event.type === "answer-start") timing = new StreamTiming(at);
      else if (event.type === "attempt-start") attempts.set(event.attempt, new StreamTiming(at));
      else if (event.type === "text-delta" || event.type === "reasoning-delta") {
        for (const one of [timing, attempts.get(event.attempt)]) {
          if (event.type === "text-delta") one?.noteText(at);
          else one?.noteReasoning(at);
        }
      }
    }
  }
}
