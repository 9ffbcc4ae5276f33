import type { AnswerEnd, AttemptSummary } from "../events/mod.ts";
import type { AnswerMeasures } from "./answer_measures.ts";
import type { Meter } from "./meter.ts";

const REASONS = { retry: "retries", fallback: "fallbacks", hedge: "hedges", continuation: "continuations" } as const;

const KINDS = {
  input: "inputTokens",
  "cached-input": "cachedInputTokens",
  "cache-write": "cacheWriteTokens",
  output: "outputTokens",
  reasoning: "reasoningTokens",
} as const;

/** Counts an ended answer and its attempts into the meter. */
export function noteAnswer(meter: Meter, measures: AnswerMeasures, end: AnswerEnd): void {
  const { route, outcome, provider, model } = measures;
  meter.add("answersEnded", { route, outcome });
  if (outcome === "failed") meter.add("answersFailed", { route, code: measures.code ?? "unknown" });
  if (measures.isRescued) meter.add("answersRescued", { route });
  if (measures.hasFallenBack) meter.add("answersFellBack", { route });
  if (measures.isIncomplete) meter.add("answersIncomplete", { route });
  meter.observe("duration", { route, outcome }, measures.totalMs);
  for (const freezeMs of measures.freezesMs) meter.observe("rescueFreeze", { route }, freezeMs);
  if (measures.firstTokenMs !== undefined && provider !== undefined && model !== undefined) {
    meter.observe("firstToken", { route, provider, model }, measures.firstTokenMs);
  }
  for (const attempt of end.attempts) noteAttempt(meter, attempt);
}

function noteAttempt(meter: Meter, attempt: AttemptSummary): void {
  const { provider, model, why, outcome = "failed", failureCode = "none", usage, cost, timing } = attempt;
  const target = { provider, model };
  meter.add("attempts", { ...target, outcome, code: failureCode });
  if (why in REASONS) meter.add(REASONS[why as keyof typeof REASONS], target);
  for (const [kind, key] of Object.entries(KINDS)) {
    const tokens = usage?.[key];
    if (tokens !== undefined) meter.add("tokens", { ...target, kind }, tokens);
  }
  if (cost !== undefined) meter.add("cost", target, cost.amount);
  if (timing?.tokensPerSecond !== undefined) meter.observe("tokenRate", target, timing.tokensPerSecond);
}
