import type {
  AnswerEnd,
  AnswerEvent,
  AnswerStart,
  AttemptSummary,
  NextStep,
  ReasoningDetails,
  TextDelta,
  ToolCallInfo,
} from "./event.ts";
import type { FailureInfo } from "./failure_info.ts";
import { TokenRuns } from "./token_runs.ts";

/** What a reader has of an answer after some of its events. */
export interface AnswerState {
  readonly start: AnswerStart | undefined;
  /** Sequence of the last event that was folded in; 0 before the first. */
  readonly seq: number;
  readonly text: string;
  /** Reasoning of the attempt that runs, or of the one that ended the answer. */
  readonly reasoning: string;
  /** What the provider wants back of that reasoning in the next turn. */
  readonly reasoningDetails: ReasoningDetails["details"];
  /** The text's tokens, as far as providers reported them; `undefined` where none did. */
  readonly logprobs: readonly unknown[] | undefined;
  /** Where the words begin in which the model declines, in UTF-16 code units; `undefined` where it does not. */
  readonly refusedAt: number | undefined;
  readonly toolCalls: readonly ToolCallInfo[];
  readonly attempts: readonly AttemptSummary[];
  /** The last setback that was survived, with what is done about it; absent once text flows again. */
  readonly setback: { failure: FailureInfo; next: NextStep | undefined } | undefined;
  /** When the first and the latest text were released, in epoch milliseconds. */
  readonly firstTokenAt: number | undefined;
  readonly lastTokenAt: number | undefined;
  /** Text deltas so far. */
  readonly deltas: number;
  readonly end: AnswerEnd | undefined;
}

/** The state before the first event. */
export const EMPTY_ANSWER_STATE: AnswerState = {
  start: undefined,
  seq: 0,
  text: "",
  reasoning: "",
  reasoningDetails: [],
  logprobs: undefined,
  refusedAt: undefined,
  toolCalls: [],
  attempts: [],
  setback: undefined,
  firstTokenAt: undefined,
  lastTokenAt: undefined,
  deltas: 0,
  end: undefined,
};

/**
 * Folds one event into the state: the one function through which live and replayed answers are read.
 *
 * An event that the state already holds (its `seq` is not newer) changes nothing, so that a repeated delivery is harmless.
 *
 * @throws {RangeError} If a delta begins beyond the text: something before it is missing.
 */
export function foldEvent(state: AnswerState, event: AnswerEvent): AnswerState {
  if (event.type === "snapshot") {
    if (event.seq < state.seq) return state;
  } else if (event.seq <= state.seq) return state;
  const seq = event.seq;
  switch (event.type) {
    case "answer-start":
      return { ...state, seq, start: event };
    case "attempt-start": {
      const { attempt, provider, model, why, offset, trial } = event;
      const summary: AttemptSummary = { attempt, provider, model, why, from: offset, to: offset };
      if (trial) summary.trial = true;
      // A state that was read as a whole may know it already, without knowing its event.
      const others = state.attempts.filter((one) => one.attempt !== attempt);
      // Reasoning of an earlier attempt led to nothing that readers keep.
      return { ...state, seq, reasoning: "", reasoningDetails: [], attempts: [...others, summary] };
    }
    case "text-delta": {
      if (event.offset > state.text.length) {
        throw new RangeError(
          `Cannot fold event ${seq} as its text begins at ${event.offset}: text so far ends at ${state.text.length}`,
        );
      }
      const fresh = event.text.slice(state.text.length - event.offset);
      return {
        ...state,
        seq,
        text: state.text + fresh,
        logprobs: joinLogprobs(state.logprobs, event, event.text.length - fresh.length),
        refusedAt: state.refusedAt ?? (event.isRefusal ? event.offset : undefined),
        attempts: updateAttempt(state.attempts, event.attempt, {
          to: Math.max(state.text.length, event.offset + event.text.length),
          ...reported(event),
        }),
        setback: undefined,
        firstTokenAt: state.firstTokenAt ?? event.at,
        lastTokenAt: event.at,
        deltas: state.deltas + 1,
      };
    }
    case "reasoning-delta":
      return {
        ...state,
        seq,
        reasoning: state.reasoning + event.text,
        attempts: event.modelReported ? updateAttempt(state.attempts, event.attempt, reported(event)) : state.attempts,
      };
    case "reasoning-details":
      return {
        ...state,
        seq,
        reasoningDetails: event.details,
        attempts: event.modelReported ? updateAttempt(state.attempts, event.attempt, reported(event)) : state.attempts,
      };
    case "tool-call": {
      const { attempt, index, id, name, arguments: args, extra } = event;
      const call: ToolCallInfo = { attempt, index, id, name, arguments: args };
      if (extra !== undefined) call.extra = extra;
      return { ...state, seq, toolCalls: [...state.toolCalls, call] };
    }
    case "attempt-end": {
      const { outcome, failure, usage, cost, timing, finishReason, seam } = event;
      return {
        ...state,
        seq,
        attempts: updateAttempt(state.attempts, event.attempt, {
          outcome,
          failureCode: failure?.code,
          ...reported(event),
          usage,
          cost,
          timing,
          finishReason,
          seam,
        }),
        setback: failure ? { failure, next: event.next } : state.setback,
      };
    }
    case "snapshot":
      return {
        ...state,
        seq,
        text: event.text,
        reasoning: event.reasoning,
        reasoningDetails: event.reasoningDetails ?? [],
        logprobs: event.logprobs,
        refusedAt: event.refusedAt,
        toolCalls: event.toolCalls,
        attempts: event.attempts,
        firstTokenAt: event.firstTokenAt,
        lastTokenAt: event.deltas > 0 ? event.at : undefined,
        deltas: event.deltas,
      };
    case "answer-end":
      return { ...state, seq, end: event, attempts: event.attempts, setback: undefined };
    default:
      // A later version's event: unknown, and by the protocol ignored.
      return { ...state, seq };
  }
}

/** The tokens with those of a delta, of which the first `known` code units were there before. */
function joinLogprobs(
  old: readonly unknown[] | undefined,
  { text, logprobs }: TextDelta,
  known: number,
): readonly unknown[] | undefined {
  if (logprobs === undefined) return old;
  if (known === 0) return [...(old ?? []), ...logprobs];
  const runs = new TokenRuns();
  runs.push(text.length, logprobs);
  runs.take(known);
  return [...(old ?? []), ...runs.take(text.length - known)];
}

function reported({ modelReported }: { modelReported?: string | undefined }): Partial<AttemptSummary> {
  return modelReported === undefined ? {} : { modelReported };
}

function updateAttempt(
  attempts: readonly AttemptSummary[],
  attempt: number,
  change: Partial<AttemptSummary>,
): readonly AttemptSummary[] {
  const index = attempts.findLastIndex((one) => one.attempt === attempt);
  const old = attempts[index];
  if (old === undefined) return attempts;
  return attempts.with(index, { ...old, ...change });
}
