import type { FailureCode } from "./codes.ts";
import { cleanDetail } from "./detail.ts";
import { type ErrorShape, isObject, parseJson, readErrorShape } from "./error_shape.ts";
import { retryAfterMs } from "./retry_after.ts";
import { findRule } from "./rules.ts";
import type { FailureAction, UpstreamFailure } from "./upstream_failure.ts";

/** The official SDKs ignore waits above this: for longer ones the next target is sooner. */
const MAX_PATIENCE_MS = 60_000;

/** Failures that may pass by themselves, so that the upstream's word on asking again counts. */
const PASSING: ReadonlySet<FailureCode> = new Set<FailureCode>([
  ...(["rate-limit", "overloaded", "server-error", "conflict", "dependency", "upstream-timeout"] as const),
]);

/** Failures for which a stated wait means something. */
const WITH_A_WAIT: ReadonlySet<FailureCode> = new Set<FailureCode>([...PASSING, "quota-exhausted"]);

/** An upstream's answer that is a failure as a whole. */
export interface FailedResponse {
  status: number;
  headers: Headers;
  /** The decoded text of the body. */
  body: string;
  /** Epoch milliseconds at which the answer came, for waits stated as a moment. */
  now: number;
}

/** Classifies an answer outside 2xx, or a 200 whose body is an error. */
export function classifyResponse(input: FailedResponse): UpstreamFailure {
  const { status, headers, body, now } = input;
  const error = parseErrorBody(body);
  if (error !== undefined && (status >= 300 || saysSomething(error))) {
    return classifyErrorObject(error, { status, headers, now });
  }
  if (status >= 300)
    return judge(readErrorShape(undefined, status, headers), { headers, body: undefined, now, detail: body });
  // A good status without an error in it: nothing at all is a lost answer, anything else is not a model's answer.
  return body.trim() === ""
    ? { code: "cut", action: "retry", status }
    : withDetail({ code: "malformed", action: "fallback", status }, body);
}

/** What is known around an error object. */
export interface ErrorObjectContext {
  /** HTTP status; one below 400 gives way to what the error states. */
  status?: number;
  headers?: Headers;
  /** Epoch milliseconds, for waits stated as a moment. */
  now: number;
}

/**
 * Classifies a parsed error, e.g. one that came inside a stream: the whole body or event, its `error` member, or a string.
 *
 * `status` of the result is the HTTP status where it was an error, else the status that the error states.
 */
export function classifyErrorObject(error: unknown, context: ErrorObjectContext): UpstreamFailure {
  const shape = readErrorShape(error, context.status, context.headers);
  const detail = shape.text || [...shape.words].join(" ");
  return judge(shape, { headers: context.headers, body: error, now: context.now, detail });
}

interface Evidence {
  headers: Headers | undefined;
  body: unknown;
  now: number;
  detail: string;
}

function judge(shape: ErrorShape, evidence: Evidence): UpstreamFailure {
  const { code, action } = findRule(shape);
  const wait = WITH_A_WAIT.has(code) ? retryAfterMs(evidence.headers, evidence.body, evidence.now) : undefined;
  const failure: UpstreamFailure = {
    code,
    action: PASSING.has(code) ? actionOf(action, shape, evidence, wait) : action,
  };
  if (shape.status !== undefined) failure.status = shape.status;
  if (wait !== undefined) failure.retryAfterMs = wait;
  return withDetail(failure, evidence.detail);
}

/** The upstream's own word on asking again overrides the table, a wait beyond all patience overrides both. */
function actionOf(
  byRule: FailureAction,
  shape: ErrorShape,
  evidence: Evidence,
  wait: number | undefined,
): FailureAction {
  if (wait !== undefined && wait > MAX_PATIENCE_MS) return "fallback";
  const header = evidence.headers?.get("x-should-retry")?.trim().toLowerCase();
  const isRetryable = header === "true" || header === "false" ? header === "true" : shape.isRetryable;
  if (isRetryable === undefined) return byRule;
  return isRetryable ? "retry" : "fallback";
}

function withDetail(failure: UpstreamFailure, text: string): UpstreamFailure {
  const detail = cleanDetail(text);
  return detail === undefined ? failure : { ...failure, detail };
}

function saysSomething(error: unknown): boolean {
  const { text, words } = readErrorShape(error);
  return text !== "" || words.size > 0;
}

/** The error as JSON: the whole body, or the first event of a body that is framed as a stream. */
function parseErrorBody(body: string): unknown {
  const whole = parseJson(body.replace(/^\ufeff/, ""));
  if (isObject(whole) || Array.isArray(whole)) return whole;
  for (const line of body.split(/\r\n|\n|\r/, 50)) {
    const framed = /^(?:data|error): ?(\{.*\})\s*$/.exec(line)?.[1];
    const event = framed === undefined ? undefined : parseJson(framed);
    if (isObject(event)) return event;
  }
  return undefined;
}
