import type { FailureCode } from "./codes.ts";

/**
 * What may be done about an upstream's failure, before anything was released:
 * `retry` the same target after a wait, `fallback` to the next target, or `tell` the reader, since no other target can mend it.
 */
export type FailureAction = "retry" | "fallback" | "tell";

/** What an upstream's failure was judged to be, once, where its answer was read. */
export interface UpstreamFailure {
  code: FailureCode;
  action: FailureAction;
  /** HTTP status, where there was one. */
  status?: number;
  /** The wait that the upstream asked for, in milliseconds from now; not clamped. */
  retryAfterMs?: number;
  /** A short, cleaned excerpt for logs. Never shown to a reader. */
  detail?: string;
}

/** Thrown by a provider's stream when the attempt has failed. */
export class UpstreamError extends Error {
  override readonly name = "UpstreamError";
  readonly failure: UpstreamFailure;

  constructor(failure: UpstreamFailure, options?: ErrorOptions) {
    super(`Upstream failed with '${failure.code}'${failure.detail ? `: ${failure.detail}` : ""}`, options);
    this.failure = failure;
  }
}
