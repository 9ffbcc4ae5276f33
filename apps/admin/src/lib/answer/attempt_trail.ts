import type { AnswerState, AttemptSummary, FailureInfo } from "@cogniforge/core/events";
import { failureOf } from "#lib/i18n/failure_text.ts";
import { localized } from "#lib/i18n/localized.ts";

/** One attempt as the list of attempts shows it. */
export interface AttemptRow {
  attempt: AttemptSummary;
  /** The provider's name and the model's, as the provider gives it where it does. */
  target: string;
  state: "running" | "completed" | "failed" | "cancelled";
  /** What happened and what to do. */
  failure: Pick<FailureInfo, "message" | "remedy"> | undefined;
}

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

/** What went wrong with each target of an answer that failed, each thing once; nothing where its failure says it all. */
export function reasonsOf(state: AnswerState): { target: string; text: string }[] {
  const reasons = new Map<string, { target: string; text: string }>();
  for (const { target, failure } of attemptRows(state)) {
    if (failure === undefined) continue;
    const text = localized(failure.message);
    reasons.set(`${target} ${text}`, { target, text });
  }
  return reasons.size > 1 ? [...reasons.values()] : [];
}
