import type { AnswerEnd, AttemptSummary, Outcome, Usage } from "../events/mod.ts";

/** What one attempt cost, as far as it is known. */
export interface AttemptCost {
  provider: string;
  model: string;
  /** US dollars. */
  amount: number;
}

/** The measures of one ended answer; unknown is absent. Durations in milliseconds. */
export interface AnswerMeasures {
  answerId: string;
  route: string;
  /** The target that wrote the end of the text; absent if none wrote anything. */
  provider?: string;
  model?: string;
  outcome: Outcome;
  /** Why it did not complete. */
  code?: string;
  /** Epoch milliseconds. */
  endedAt: number;
  firstTokenMs?: number;
  totalMs: number;
  tokensPerSecond?: number;
  usage?: Usage;
  /** Of each attempt whose cost is known. */
  costs: AttemptCost[];
  /** Whether `costs` is not the whole: an attempt may have cost something that nobody has told. */
  isCostPartial: boolean;
  attempts: number;
  retries: number;
  fallbacks: number;
  hedges: number;
  continuations: number;
  /** Codes of the attempts that failed, in their order. */
  failures: string[];
  /** Completed after a cut in the middle of its text. */
  isRescued: boolean;
  /** Completed by another attempt, before readers had text. */
  hasFallenBack: boolean;
  /** Failed with a part of its text delivered. */
  isIncomplete: boolean;
  /** How long readers saw nothing new, for each rescue that is known. */
  freezesMs: number[];
}

/** Reads an answer's measures off its terminal event. */
export function measuresOf(answerId: string, route: string, end: AnswerEnd): AnswerMeasures {
  const { attempts, timing, outcome, provider, model, usage, failure } = end;
  const seams = attempts.flatMap(({ seam }) => seam ?? []);
  const because = (...reasons: AttemptSummary["why"][]) => attempts.filter(({ why }) => reasons.includes(why)).length;
  const isCompleted = outcome === "completed";
  return {
    answerId,
    route,
    ...(provider !== undefined && { provider }),
    ...(model !== undefined && { model }),
    outcome,
    ...(failure !== undefined && { code: failure.code }),
    endedAt: end.at,
    ...(timing.firstTokenMs !== undefined && { firstTokenMs: timing.firstTokenMs }),
    totalMs: timing.totalMs,
    ...(timing.tokensPerSecond !== undefined && { tokensPerSecond: timing.tokensPerSecond }),
    ...(usage !== undefined && { usage }),
    costs: attempts.flatMap((one) => costOf(one) ?? []),
    isCostPartial: end.cost === undefined && attempts.some(mayHaveCost),
    attempts: attempts.length,
    retries: because("retry"),
    fallbacks: because("fallback"),
    hedges: because("hedge"),
    continuations: because("continuation", "recovery"),
    failures: attempts.flatMap(({ outcome: one, failureCode }) => (one === "failed" ? (failureCode ?? "unknown") : [])),
    isRescued: isCompleted && seams.length > 0,
    hasFallenBack: isCompleted && seams.length === 0 && attempts.some((one) => one.outcome === "failed"),
    isIncomplete: outcome === "failed" && end.length > 0,
    freezesMs: seams.flatMap(({ freezeMs }) => freezeMs ?? []),
  };
}

function costOf({ provider, model, cost }: AttemptSummary): AttemptCost | undefined {
  return cost && { provider, model, amount: cost.amount };
}

/** Whether a model worked for it: text or reported tokens, and no trial. */
function mayHaveCost({ cost, trial, usage, from, to }: AttemptSummary): boolean {
  return cost === undefined && !trial && (usage !== undefined || to > from);
}
