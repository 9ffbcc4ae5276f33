import type { AttemptSummary, Cost, FailureCause, FailureInfo, Usage } from "../events/mod.ts";
import type { FailureCode, UpstreamFailure } from "../failures/mod.ts";
import { failureInfo } from "../failures/mod.ts";

const USAGE_KEYS = ["inputTokens", "cachedInputTokens", "cacheWriteTokens", "outputTokens", "reasoningTokens"] as const;

/** The sum over all attempts; a number that no attempt reported is absent, and so is the whole if there is none. */
export function totalUsage(attempts: readonly AttemptSummary[]): Usage | undefined {
  const total: Usage = {};
  for (const key of USAGE_KEYS) {
    const known = attempts.flatMap(({ usage }) => usage?.[key] ?? []);
    if (known.length > 0) total[key] = known.reduce((sum, one) => sum + one, 0);
  }
  return Object.keys(total).length > 0 ? total : undefined;
}

/** Failures by which an upstream says that it did not begin, or could not be asked: nobody is charged for these. */
const UNCHARGED: ReadonlySet<string> = new Set<FailureCode>([
  "network",
  "tls",
  "connect-timeout",
  "provider-auth",
  "provider-forbidden",
  "insufficient-credit",
  "unsupported-region",
  "model-not-found",
  "rate-limit",
  "quota-exhausted",
  "overloaded",
  "conflict",
  "server-error",
  "dependency",
  "context-too-long",
  "request-too-large",
  "invalid-request",
  "unsupported-feature",
]);

/** Whether an attempt may have cost something that nobody has told. */
function hasUnknownCost({ cost, trial, usage, from, to, failureCode }: AttemptSummary): boolean {
  if (cost !== undefined || trial) return false;
  return usage !== undefined || to > from || failureCode === undefined || !UNCHARGED.has(failureCode);
}

/**
 * The sum of the costs of all attempts; computed, as soon as one of them was.
 *
 * Absent where one may have cost something that is not known, as a part must not pass for the whole: each attempt has its own.
 */
export function totalCost(attempts: readonly AttemptSummary[]): Cost | undefined {
  const costs = attempts.flatMap(({ cost }) => cost ?? []);
  if (costs.length === 0 || attempts.some(hasUnknownCost)) return undefined;
  return {
    amount: costs.reduce((sum, { amount }) => sum + amount, 0),
    currency: "USD",
    source: costs.every(({ source }) => source === "provider") ? "provider" : "table",
  };
}

/** One failed attempt: the target and what went wrong. */
export interface FailedAttempt {
  provider: string;
  model: string;
  failure: UpstreamFailure;
}

/** The failure as readers see it, without the upstream's words. */
export function failureInfoOf(failure: UpstreamFailure): FailureInfo {
  const { code, retryAfterMs } = failure;
  return failureInfo(code, retryAfterMs === undefined ? {} : { retryAfterMs });
}

/** The one failure that ends an answer, with each target's own as its causes. */
export function finalFailure(failed: readonly FailedAttempt[]): FailureInfo {
  const last = failed.at(-1);
  if (last === undefined) return failureInfo("no-provider");
  const causes = latestByTarget(failed);
  const codes = new Set<FailureCode>(causes.map(({ code }) => code));
  // A verdict that is told, and the end of the answer's own time, count for the whole, whatever went before.
  const isVerdict = last.failure.action === "tell";
  const code = isVerdict || codes.size === 1 ? last.failure.code : "all-targets-failed";
  const waits = failed.flatMap(({ failure }) => failure.retryAfterMs ?? []);
  return failureInfo(code, {
    causes,
    ...(waits.length > 0 ? { retryAfterMs: Math.min(...waits) } : {}),
  });
}

function latestByTarget(failed: readonly FailedAttempt[]): (FailureCause & { code: FailureCode })[] {
  const causes = new Map<string, FailureCause & { code: FailureCode }>();
  for (const { provider, model, failure } of failed) {
    const { code, status } = failure;
    causes.set(`${provider}/${model}`, { provider, model, code, ...(status === undefined ? {} : { status }) });
  }
  return [...causes.values()];
}
