import type { AnswerState, AttemptSummary, Bilingual, FailureInfo } from "@cogniforge/core/events";
import { failureInfo, isFailureCode } from "@cogniforge/core/failures";

/** One attempt as the list of attempts shows it. */
export interface AttemptRow {
  attempt: AttemptSummary;
  /** The provider's name and the model's, as the provider gives it where it does. */
  target: string;
  state: "running" | "completed" | "failed" | "cancelled";
  /** What happened and what to do. */
  failure: Pick<FailureInfo, "message" | "remedy"> | undefined;
}

const NOTHING: Bilingual = { en: "", ar: "" };

/** Name of a target for people. */
export function targetName({ provider, model }: { provider: string; model: string }): string {
  return provider === model ? provider : `${provider} · ${model}`;
}

/** The attempts of an answer, each with its failure in both languages. */
export function attemptRows(state: AnswerState): AttemptRow[] {
  return state.attempts.map((attempt) => ({
    attempt,
    target: targetName({ provider: attempt.provider, model: attempt.modelReported ?? attempt.model }),
    state: attempt.outcome ?? (state.end === undefined ? "running" : state.end.outcome),
    failure: attempt.failureCode === undefined ? undefined : failureOf(attempt.failureCode),
  }));
}

function failureOf(code: string): Pick<FailureInfo, "message" | "remedy"> {
  // A later server may know a code that this page does not: the code itself is still worth showing.
  return isFailureCode(code) ? failureInfo(code) : { message: { en: code, ar: code }, remedy: NOTHING };
}
