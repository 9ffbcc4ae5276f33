import type { FailureCode, UpstreamFailure } from "../failures/mod.ts";
import type { FailedCallOptions } from "./circuit_breaker.ts";

/** What a failure says: about one target, or about the key and so about every target of the provider. */
export interface FailureEffect extends FailedCallOptions {
  scope: "target" | "provider";
}

const MAX_RATE_LIMIT_MS = 60_000;
const MAX_QUOTA_MS = 15 * 60_000;

const COUNTS: ReadonlySet<FailureCode> = new Set([
  "network",
  "tls",
  "connect-timeout",
  "first-token-timeout",
  "upstream-timeout",
  "stall",
  "cut",
  "malformed",
  "empty-answer",
  "server-error",
  "overloaded",
  "dependency",
  "conflict",
  "model-not-found",
]);

const REFUSES_THE_KEY: ReadonlySet<FailureCode> = new Set([
  "provider-auth",
  "provider-forbidden",
  "insufficient-credit",
  "unsupported-region",
]);

/**
 * What a failure means for the breakers; `undefined` where it says nothing about the target's health, as a content filter's
 * verdict, a wrong request or a reader who left.
 */
export function failureEffect({ code, retryAfterMs }: UpstreamFailure): FailureEffect | undefined {
  if (COUNTS.has(code)) return { scope: "target" };
  if (REFUSES_THE_KEY.has(code)) return { scope: "provider", opensAtOnce: true };
  // A wait of nothing is no wait: it must not let the target be asked again at once.
  const asksForWait = retryAfterMs !== undefined && retryAfterMs > 0;
  if (code === "rate-limit") {
    return { scope: "target", ...(asksForWait && { openForMs: Math.min(retryAfterMs, MAX_RATE_LIMIT_MS) }) };
  }
  if (code === "quota-exhausted") {
    if (!asksForWait) return { scope: "target", opensAtOnce: true };
    return { scope: "target", openForMs: Math.min(retryAfterMs, MAX_QUOTA_MS) };
  }
  return undefined;
}
