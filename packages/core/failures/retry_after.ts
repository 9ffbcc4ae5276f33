import { parseDurationMs } from "./duration.ts";
import { describingObjects, parseJson } from "./error_shape.ts";

/**
 * The wait that an upstream asks for, in milliseconds from now; undefined where it names none.
 *
 * Looks where it is stated most exactly first: `retry-after-ms`, `x-ms-retry-after-ms`, `retry-after`, Gemini's
 * `RetryInfo`, OpenRouter's `availability.retry_after`, the reset headers of the exhausted limit, the message.
 * Never negative or NaN, but not clamped: a day is a day.
 *
 * @param body Parsed JSON, or the body's text.
 * @param now Epoch milliseconds.
 */
export function retryAfterMs(headers: Headers | undefined, body: unknown, now: number): number | undefined {
  const error = typeof body === "string" ? (parseJson(body) ?? body) : body;
  return (
    headerMs(headers, "retry-after-ms") ??
    headerMs(headers, "x-ms-retry-after-ms") ??
    retryAfterHeader(headers, now) ??
    firstOf(error, retryInfoMs) ??
    firstOf(error, availabilityMs) ??
    exhaustedLimitMs(headers, now) ??
    firstOf(error, (object) => repeatedHeadersMs(object, now)) ??
    messageMs(error)
  );
}

function headerMs(headers: Headers | undefined, name: string): number | undefined {
  const value = headers?.get(name)?.trim();
  return value && /^-?\d+(\.\d+)?$/.test(value) ? atLeastZero(Number(value)) : undefined;
}

function retryAfterHeader(headers: Headers | undefined, now: number): number | undefined {
  const value = headers?.get("retry-after")?.trim();
  if (!value) return undefined;
  if (/^-?\d+(\.\d+)?$/.test(value)) return atLeastZero(Number(value) * 1000);
  // Date.parse() reads far more than dates of HTTP ("5 seconds" is May 2001): ask for a year and a time.
  return /\d{4}.*\d:\d/.test(value) ? untilMs(Date.parse(value), now) : undefined;
}

/** Gemini: `details[]` of type `google.rpc.RetryInfo`, "48s", or seconds and nanos. */
function retryInfoMs(object: Record<string, unknown>): number | undefined {
  const delay = object.retryDelay;
  if (typeof delay === "string") return parseDurationMs(delay);
  if (typeof delay !== "object" || delay === null) return undefined;
  const { seconds = 0, nanos = 0 } = delay as { seconds?: unknown; nanos?: unknown };
  return atLeastZero(Number(seconds) * 1000 + Number(nanos) / 1e6);
}

/** OpenRouter: seconds. */
function availabilityMs(object: Record<string, unknown>): number | undefined {
  return typeof object.retry_after === "number" ? atLeastZero(object.retry_after * 1000) : undefined;
}

/** Limits whose reset header stands beside one that says how much remains. */
const LIMITS = [
  ...["requests", "tokens"].map((name) => [`x-ratelimit-remaining-${name}`, `x-ratelimit-reset-${name}`]),
  ...["requests", "tokens", "input-tokens", "output-tokens"].map((name) => [
    `anthropic-ratelimit-${name}-remaining`,
    `anthropic-ratelimit-${name}-reset`,
  ]),
  ["x-ratelimit-remaining", "x-ratelimit-reset"],
  ["ratelimit-remaining", "ratelimit-reset"],
] as const;

/** Resets stand on every answer: only a limit with nothing left says how long to wait, and the longest counts. */
function exhaustedLimitMs(headers: Headers | undefined, now: number): number | undefined {
  let longest: number | undefined;
  for (const [remaining, reset] of LIMITS) {
    const left = headers?.get(remaining as string)?.trim();
    const value = headers?.get(reset as string)?.trim();
    if (!value || left === undefined || left === "" || Number(left) !== 0) continue;
    const wait = resetMs(value, now);
    if (wait !== undefined) longest = Math.max(longest ?? 0, wait);
  }
  return longest;
}

/** OpenRouter repeats the headers inside `error.metadata.headers`. */
function repeatedHeadersMs(object: Record<string, unknown>, now: number): number | undefined {
  if (typeof object.headers !== "object" || object.headers === null) return undefined;
  const headers = new Headers();
  for (const [name, value] of Object.entries(object.headers)) {
    if (/^[\w-]+$/.test(name) && /^[\x20-\x7e]+$/.test(String(value))) headers.set(name, String(value));
  }
  return exhaustedLimitMs(headers, now);
}

/** A reset is a duration, seconds, a moment in epoch seconds or milliseconds, or an RFC 3339 time. */
function resetMs(value: string, now: number): number | undefined {
  if (!/^\d+(\.\d+)?$/.test(value)) return parseDurationMs(value) ?? untilMs(Date.parse(value), now);
  const number = Number(value);
  if (number >= 1e11) return untilMs(number, now);
  return number >= 1e9 ? untilMs(number * 1000, now) : number * 1000;
}

/** "Please try again in 1m30s", "retry in 48.93s", "Retry after 40 seconds". */
function messageMs(error: unknown): number | undefined {
  if (typeof error === "string") return waitInText(error);
  return firstOf(error, (object) => {
    for (const text of [object.message, object.detail, object.error, object.raw]) {
      const wait = typeof text === "string" ? waitInText(text) : undefined;
      if (wait !== undefined) return wait;
    }
    return undefined;
  });
}

function waitInText(text: string): number | undefined {
  const found =
    /\b(?:try again|retry|wait)(?: again)? (?:in|after|for) (?:about )?((?:\d+(?:\.\d+)? ?[a-z]+ ?)+)/i.exec(text);
  return found?.[1] === undefined ? undefined : parseDurationMs(found[1]);
}

function firstOf(error: unknown, read: (object: Record<string, unknown>) => number | undefined): number | undefined {
  for (const object of describingObjects(error)) {
    const found = read(object);
    if (found !== undefined) return found;
  }
  return undefined;
}

function untilMs(moment: number, now: number): number | undefined {
  return Number.isNaN(moment) ? undefined : atLeastZero(moment - now);
}

function atLeastZero(ms: number): number | undefined {
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
