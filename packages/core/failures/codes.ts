/**
 * The closed list of failure codes.
 *
 * The first group is about an upstream, the second about an answer, the third about a caller's request,
 * the fourth about this server.
 */
export const FAILURE_CODES = [
  "network",
  "tls",
  "connect-timeout",
  "first-token-timeout",
  "stall",
  "upstream-timeout",
  "cut",
  "malformed",
  "empty-answer",
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
  "content-filter",
  "invalid-tool-call",
  "invalid-request",

  "no-provider",
  "all-targets-failed",
  "deadline",
  "cancelled",
  "interrupted",

  "invalid-input",
  "invalid-json",
  "question-empty",
  "question-too-long",
  "body-too-large",
  "unsupported-media-type",
  "unsupported-feature",
  "unauthenticated",
  "forbidden",
  "cross-origin",
  "not-found",
  "method-not-allowed",
  "answer-not-found",
  "conversation-not-found",
  "route-not-found",
  "invalid-cursor",
  "id-taken",
  "invalid-sign-in-code",
  "already-set-up",

  "too-many-requests",
  "busy",
  "draining",
  "storage",
  "internal",
] as const;

/** One of the closed list of failure codes. */
export type FailureCode = (typeof FAILURE_CODES)[number];
