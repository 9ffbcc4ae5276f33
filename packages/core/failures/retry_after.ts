import { parseDurationMs } from "./duration.ts";
import { describingObjects, parseJson } from "./error_shape.ts";

/**
 * The wait that an upstream asks for, in milliseconds from now; undefined where it names none.
 *
 * Looks where it is stated most exactly first: `retry-after-ms`, `x-ms-retry-after-ms`, `retry-after`, Gemini's
 * `RetryInfo`, another field of the body (OpenRouter's `availability.retry_after`), the reset headers of the exhausted limit, the message.
 * Never negative or NaN, but not clamped: a day is a day.
 *
 * @param body Parsed JSON, or the body's text.
 * @param now Epoch milliseconds.
 */
export function retryAfterMs(headers: Headers | undefined, body: unknown, now: number): number | undefined {
  const error = typeof body === "string" ? (parseJson(body) ?? body) : body;
  return (
    statedByHeaders(headers, now) ??
    firstOf(error, retryInfoMs) ??
    firstOf(error, (object) => statedMs(object, now)) ??
    exhaustedLimitMs(headers, now) ??
    firstOf(error, (object) => repeatedHeadersMs(object, now)) ??
    messageMs(error, now)
  );
}

function statedByHeaders(headers: Headers | undefined, now: number): number | undefined {
  return (
    headerMs(headers, "retry-after-ms") ??
    headerMs(headers, "x-ms-retry-after-ms") ??
    retryAfterHeader(headers, "retry-after", now) ??
    retryAfterHeader(headers, "x-retry-after", now) ??
    retryAfterHeader(headers, "x-ratelimit-retry-after", now)
  );
}

function headerMs(headers: Headers | undefined, name: string): number | undefined {
  const value = headers?.get(name)?.trim();
  return value && /^-?\d+(\.\d+)?$/.test(value) ? atLeastZero(Number(value)) : undefined;
}

/** A date of HTTP in any of its three forms, or of RFC 3339: with a time, and a year or the short form's name of a month. */
const DATE = /\d{4}.*\d:\d|\d-[a-z]{3}-\d\d .*\d:\d|\d:\d.*\d{4}/i;

function retryAfterHeader(headers: Headers | undefined, name: string, now: number): number | undefined {
  // A header that was sent twice comes as a list; the comma of a date is none.
  const value = headers
    ?.get(name)
    ?.trim()
    .replace(/^(-?[\d.]+)\s*,.*$/, "$1");
  if (!value) return undefined;
  if (/^-?\d+(\.\d+)?$/.test(value)) return atLeastZero(resetMs(value, now) ?? Number(value) * 1000);
  // Date.parse() reads far more than dates of HTTP ("5 seconds" is May 2001).
  if (!DATE.test(value)) return /^[\d.]+[a-z]/.test(value) ? parseDurationMs(value) : undefined;
  // The oldest form names no zone, and means none other.
  return untilMs(Date.parse(/[a-z]$/i.test(value) || value.includes("T") ? value : `${value} GMT`), now);
}

/** Gemini: `details[]` of type `google.rpc.RetryInfo`, "48s", or seconds and nanos. */
function retryInfoMs(object: Record<string, unknown>): number | undefined {
  const delay = object.retryDelay;
  if (typeof delay === "string") return parseDurationMs(delay);
  if (typeof delay !== "object" || delay === null) return undefined;
  const { seconds = 0, nanos = 0 } = delay as { seconds?: unknown; nanos?: unknown };
  return atLeastZero(Number(seconds) * 1000 + Number(nanos) / 1e6);
}

/** Names under which a body states a wait, in seconds: OpenRouter's, ChatGPT's, Hugging Face's, and those of gateways. */
const SECONDS_KEYS = ["retry_after", "retry_after_seconds", "retryAfter", "resets_in_seconds", "estimated_time"];
const MILLISECONDS_KEYS = ["retry_after_ms", "retryAfterMs"];

function statedMs(object: Record<string, unknown>, now: number): number | undefined {
  const milliseconds = numberAt(object, MILLISECONDS_KEYS);
  if (milliseconds !== undefined) return atLeastZero(milliseconds);
  const seconds = numberAt(object, SECONDS_KEYS);
  if (seconds !== undefined) return atLeastZero(seconds * 1000);
  // ChatGPT's, in epoch seconds.
  return durationAt(object) ?? (typeof object.resets_at === "number" ? resetMs(`${object.resets_at}`, now) : undefined);
}

function numberAt(object: Record<string, unknown>, keys: readonly string[]): number | undefined {
  for (const key of keys) {
    const value = object[key];
    if (typeof value === "number") return value;
    if (typeof value === "string" && /^\d+(\.\d+)?$/.test(value.trim())) return Number(value);
  }
  return undefined;
}

/** "30s" where others have a number. */
function durationAt({ retry_after: wait }: Record<string, unknown>): number | undefined {
  return typeof wait === "string" ? parseDurationMs(wait) : undefined;
}

/**
 * Resets stand on every answer: only a limit with nothing left says how long to wait, and the longest counts.
 *
 * Providers name their limits as they like (`x-ratelimit-remaining-tokens-minute`, `anthropic-ratelimit-requests-remaining`); the
 * reset has the same name with the other word.
 */
function exhaustedLimitMs(headers: Headers | undefined, now: number): number | undefined {
  const isRejected = headers?.get("anthropic-ratelimit-unified-status") === "rejected";
  let longest = isRejected ? resetMs(headers?.get("anthropic-ratelimit-unified-reset") ?? "", now) : undefined;
  for (const [name, left] of headers ?? []) {
    if (!/ratelimit.*remaining/.test(name) || left.trim() === "" || Number(left) !== 0) continue;
    const value = headers?.get(name.replace("remaining", "reset"))?.trim();
    const wait = value ? resetMs(value, now) : undefined;
    if (wait !== undefined) longest = Math.max(longest ?? 0, wait);
  }
  return longest ?? draftLimitMs(headers) ?? headerSeconds(headers, "x-ratelimit-reset-after");
}

/** One header for all, as the drafts of IETF have it: `limit=100, remaining=0, reset=50`, later `"default";r=0;t=50`. */
function draftLimitMs(headers: Headers | undefined): number | undefined {
  const found = /\b(?:remaining|r)=0\b.*?\b(?:reset|t)=(\d+)/.exec(headers?.get("ratelimit") ?? "");
  return found?.[1] === undefined ? undefined : Number(found[1]) * 1000;
}

function headerSeconds(headers: Headers | undefined, name: string): number | undefined {
  const wait = headerMs(headers, name);
  return wait === undefined ? undefined : wait * 1000;
}

/** OpenRouter repeats the headers inside `error.metadata.headers`. */
function repeatedHeadersMs(object: Record<string, unknown>, now: number): number | undefined {
  if (typeof object.headers !== "object" || object.headers === null) return undefined;
  const headers = new Headers();
  for (const [name, value] of Object.entries(object.headers)) {
    if (/^[\w-]+$/.test(name) && /^[\x20-\x7e]+$/.test(String(value))) headers.set(name, String(value));
  }
  return statedByHeaders(headers, now) ?? exhaustedLimitMs(headers, now);
}

/** A reset is a duration, seconds, a moment in epoch seconds or milliseconds, or an RFC 3339 time. */
function resetMs(value: string, now: number): number | undefined {
  if (!/^\d+(\.\d+)?$/.test(value)) return parseDurationMs(value) ?? untilMs(Date.parse(value), now);
  const number = Number(value);
  if (number >= 1e11) return untilMs(number, now);
  return number >= 1e9 ? untilMs(number * 1000, now) : number * 1000;
}

/** "Please try again in 1m30s", "retry in 48.93s", "Retry after 40 seconds", "wait 21 seconds", "available in 35 seconds". */
function messageMs(error: unknown, now: number): number | undefined {
  if (typeof error === "string") return waitInText(error, now);
  return firstOf(error, (object) => {
    for (const text of [object.message, object.detail, object.error, object.raw, object.msg, object.error_msg]) {
      const wait = typeof text === "string" ? waitInText(text, now) : undefined;
      if (wait !== undefined) return wait;
    }
    return undefined;
  });
}

const WAIT =
  /\b(?:(?:try again|retry|wait|available|replenished|reset)(?: again)? (?:in|after|for) |wait )(?:about )?((?:(?:and )?\d[\d,]*(?:\.\d+)? ?[a-z]+ ?)+|\d+:\d\d:\d\d\b|\d+(?=\.?(?:\s|$)))/i;
const MOMENT = /\b(?:try again|regain access|reset)s? (?:at|on) (\d{4}-\d\d-\d\d)(?:T| at | )(\d\d:\d\d(?::\d\d)?)/i;

function waitInText(text: string, now: number): number | undefined {
  const found = WAIT.exec(text)?.[1];
  if (found === undefined) {
    const moment = MOMENT.exec(text);
    return moment === null ? undefined : untilMs(Date.parse(`${moment[1]}T${moment[2]}Z`), now);
  }
  // Azure's gateway writes hours, minutes and seconds.
  const clock = /^(\d+):(\d\d):(\d\d)$/.exec(found);
  if (clock !== null) return parseDurationMs(`${clock[1]}h${clock[2]}m${clock[3]}s`);
  return parseDurationMs(/^\d+$/.test(found) ? `${found}s` : found.replaceAll(/,(?=\d)|\band /g, ""));
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
