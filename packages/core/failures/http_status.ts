import type { FailureCode } from "./codes.ts";

/** The word of OpenAI's error shape that its SDKs and their users know. */
export type OpenAiErrorType =
  | "invalid_request_error"
  | "authentication_error"
  | "permission_error"
  | "not_found_error"
  | "conflict_error"
  | "insufficient_quota"
  | "rate_limit_error"
  | "timeout_error"
  | "server_error";

/** How our own doors answer with each failure. An upstream's trouble is ours to the caller: never its own 401 or 403. */
const OUTSIDE: Readonly<Record<FailureCode, readonly [status: number, type: OpenAiErrorType]>> = {
  network: [502, "server_error"],
  tls: [502, "server_error"],
  "connect-timeout": [504, "timeout_error"],
  "first-token-timeout": [504, "timeout_error"],
  stall: [504, "timeout_error"],
  "upstream-timeout": [504, "timeout_error"],
  cut: [502, "server_error"],
  malformed: [502, "server_error"],
  "empty-answer": [502, "server_error"],
  "provider-auth": [502, "server_error"],
  "provider-forbidden": [502, "server_error"],
  "insufficient-credit": [502, "insufficient_quota"],
  "unsupported-region": [502, "server_error"],
  "model-not-found": [502, "server_error"],
  "rate-limit": [429, "rate_limit_error"],
  "quota-exhausted": [429, "rate_limit_error"],
  overloaded: [503, "server_error"],
  conflict: [502, "server_error"],
  "server-error": [502, "server_error"],
  dependency: [502, "server_error"],
  "context-too-long": [400, "invalid_request_error"],
  "request-too-large": [413, "invalid_request_error"],
  "content-filter": [400, "invalid_request_error"],
  "invalid-tool-call": [502, "server_error"],
  "invalid-request": [400, "invalid_request_error"],

  "no-provider": [503, "server_error"],
  "all-targets-failed": [502, "server_error"],
  deadline: [504, "timeout_error"],
  // Nginx's word for "the client closed the request"; nobody is left to read it.
  cancelled: [499, "invalid_request_error"],
  interrupted: [503, "server_error"],

  "invalid-input": [400, "invalid_request_error"],
  "invalid-json": [400, "invalid_request_error"],
  "question-empty": [400, "invalid_request_error"],
  "question-too-long": [413, "invalid_request_error"],
  "body-too-large": [413, "invalid_request_error"],
  "unsupported-media-type": [415, "invalid_request_error"],
  "unsupported-feature": [400, "invalid_request_error"],
  unauthenticated: [401, "authentication_error"],
  "key-expired": [401, "authentication_error"],
  "key-revoked": [401, "authentication_error"],
  forbidden: [403, "permission_error"],
  "cross-origin": [403, "permission_error"],
  "not-found": [404, "not_found_error"],
  "method-not-allowed": [405, "invalid_request_error"],
  "answer-not-found": [404, "not_found_error"],
  "conversation-not-found": [404, "not_found_error"],
  "route-not-found": [404, "not_found_error"],
  "key-not-found": [404, "not_found_error"],
  "user-not-found": [404, "not_found_error"],
  "invalid-cursor": [400, "invalid_request_error"],
  "id-taken": [409, "conflict_error"],
  "invalid-sign-in-code": [401, "authentication_error"],
  "already-set-up": [409, "conflict_error"],
  "last-administrator": [409, "conflict_error"],
  "budget-exhausted": [402, "insufficient_quota"],
  "project-not-configured": [409, "conflict_error"],

  "too-many-requests": [429, "rate_limit_error"],
  busy: [503, "server_error"],
  draining: [503, "server_error"],
  restarting: [503, "server_error"],
  "project-unreadable": [503, "server_error"],
  storage: [503, "server_error"],
  internal: [500, "server_error"],
};

/** The HTTP status under which our own doors answer with a failure. */
export function httpStatusOf(code: FailureCode): number {
  return OUTSIDE[code][0];
}

/** The `type` of OpenAI's error shape for a failure. */
export function openAiErrorType(code: FailureCode): OpenAiErrorType {
  return OUTSIDE[code][1];
}
