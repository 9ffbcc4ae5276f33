import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDurationMs } from "./duration.ts";
import { retryAfterMs } from "./mod.ts";

const NOW = Date.parse("2026-09-21T14:13:20.000Z");

const retryInfo = (retryDelay: unknown) => ({
  error: { details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay }] },
});
const message = (text: string) => ({ error: { message: text } });

const TABLE: readonly [what: string, headers: Record<string, string>, body: unknown, ms: number | undefined][] = [
  ["nothing", {}, {}, undefined],
  ["retry-after-ms before retry-after", { "retry-after-ms": "0", "retry-after": "1" }, {}, 0],
  ["x-ms-retry-after-ms before retry-after", { "x-ms-retry-after-ms": "250", "retry-after": "1" }, {}, 250],
  ["fractional seconds", { "retry-after": "1.5" }, {}, 1500],
  ["an absurd wait as it is", { "retry-after": "86400" }, {}, 86_400_000],
  ["an HTTP date", { "retry-after": "Mon, 21 Sep 2026 14:13:50 GMT" }, {}, 30_000],
  ["a date in the past as nought", { "retry-after": "Mon, 21 Sep 2020 14:13:50 GMT" }, {}, 0],
  ["negative seconds as nought", { "retry-after": "-5" }, {}, 0],
  ["an unreadable header as none", { "retry-after": "soon" }, {}, undefined],
  ["an unreadable header as no obstacle", { "retry-after": "5 seconds" }, retryInfo("3.5s"), 3500],
  ["too many digits as none", { "retry-after": "9".repeat(400) }, {}, undefined],
  ["Gemini's RetryInfo", {}, retryInfo("48s"), 48_000],
  ["Gemini's RetryInfo with many digits", {}, retryInfo("48.939935699s"), 48_940],
  ["Gemini's RetryInfo in an array", {}, [retryInfo("48s")], 48_000],
  ["Gemini's RetryInfo as an object", {}, retryInfo({ seconds: "2", nanos: 500_000_000 }), 2500],
  ["Gemini's RetryInfo in the body's text", {}, JSON.stringify(retryInfo("48s")), 48_000],
  ["OpenRouter's availability", {}, { error: { availability: { retry_after: 40 } } }, 40_000],
  [
    "OpenAI's exhausted limit alone",
    {
      "x-ratelimit-remaining-requests": "499",
      "x-ratelimit-reset-requests": "6m0s",
      "x-ratelimit-remaining-tokens": "0",
      "x-ratelimit-reset-tokens": "6.532s",
    },
    {},
    6532,
  ],
  [
    "the longest of exhausted limits",
    {
      "x-ratelimit-remaining-requests": "0",
      "x-ratelimit-reset-requests": "2m59.56s",
      "x-ratelimit-remaining-tokens": "0",
      "x-ratelimit-reset-tokens": "1ms",
    },
    {},
    179_560,
  ],
  [
    "Anthropic's exhausted limit",
    {
      "anthropic-ratelimit-requests-remaining": "49",
      "anthropic-ratelimit-requests-reset": "2026-09-21T15:13:21Z",
      "anthropic-ratelimit-input-tokens-remaining": "0",
      "anthropic-ratelimit-input-tokens-reset": "2026-09-21T14:13:47Z",
    },
    {},
    27_000,
  ],
  [
    "no reset of a limit with something left",
    { "x-ratelimit-remaining": "3", "x-ratelimit-reset": "60" },
    {},
    undefined,
  ],
  ["Together's seconds", { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "4" }, {}, 4000],
  ["epoch milliseconds", { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(NOW + 9000) }, {}, 9000],
  ["epoch seconds", { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(NOW / 1000 + 9) }, {}, 9000],
  [
    "OpenRouter's headers inside the body",
    {},
    { error: { metadata: { headers: { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": String(NOW + 7000) } } } },
    7000,
  ],
  ["a message in seconds", {}, message("Please try again in 4.77s. Visit …"), 4770],
  ["a message in minutes", {}, message("Please try again in 1m30s"), 90_000],
  ["a message in words", {}, message("Retry after 40 seconds."), 40_000],
  ["a message that is the whole error", {}, { error: "Wait for 2 minutes, please retry in 2 minutes" }, 120_000],
  ["a message without a number as none", {}, message("Please try again in a moment"), undefined],
];

for (const [what, headers, body, ms] of TABLE) {
  test(`retryAfterMs() reads ${what}`, () => {
    assert.equal(retryAfterMs(new Headers(headers), body, NOW), ms);
  });
}

test("retryAfterMs() needs no headers", () => {
  assert.equal(retryAfterMs(undefined, retryInfo("1s"), NOW), 1000);
  assert.equal(retryAfterMs(undefined, undefined, NOW), undefined);
});

test("parseDurationMs() reads the forms of all providers and nothing else", () => {
  for (const [text, ms] of [
    ["1ms", 1],
    ["120ms", 120],
    ["6.532s", 6532],
    ["2m59.56s", 179_560],
    ["6m0s", 360_000],
    ["1h2m", 3_720_000],
    ["1 minute 30 seconds", 90_000],
    ["0s", 0],
    ["12", undefined],
    ["soon", undefined],
    ["", undefined],
    ["-5s", undefined],
  ] as const) {
    assert.equal(parseDurationMs(text), ms, text);
  }
});

/** What it is, the headers, the body and the wait in milliseconds. */
const FORMS: readonly [what: string, headers: Record<string, string>, body: unknown, waitMs: number | undefined][] = [
  ["secs", { "retry-after": "7" }, {}, 7000],
  ["frac", { "retry-after": "0.5" }, {}, 500],
  ["ms first", { "retry-after": "1", "retry-after-ms": "1500" }, {}, 1500],
  ["dur suffix", { "retry-after": "30s" }, {}, 30000],
  ["dur 1m0s", { "retry-after": "1m30s" }, {}, 90000],
  ["http date", { "retry-after": "Mon, 21 Sep 2026 14:13:50 GMT" }, {}, 30000],
  ["rfc850", { "retry-after": "Monday, 21-Sep-26 14:13:50 GMT" }, {}, 30000],
  ["asctime", { "retry-after": "Mon Sep 21 14:13:50 2026" }, {}, 30000],
  ["iso", { "retry-after": "2026-09-21T14:13:50Z" }, {}, 30000],
  ["past", { "retry-after": "Mon, 21 Sep 2020 14:13:50 GMT" }, {}, 0],
  ["neg", { "retry-after": "-5" }, {}, 0],
  ["list", { "retry-after": "10, 20" }, {}, 10000],
  ["epoch s", { "retry-after": "1790000020" }, {}, 20000],
  ["epoch ms", { "retry-after": "1790000020000" }, {}, 20000],
  ["garbage", { "retry-after": "soon" }, {}, undefined],
  ["empty", { "retry-after": "" }, { message: "try again in 3s" }, 3000],
  ["x-ms", { "x-ms-retry-after-ms": "250" }, {}, 250],
  ["ms garbage then s", { "retry-after-ms": "abc", "retry-after": "2" }, {}, 2000],
  ["x-retry-after", { "x-retry-after": "9" }, {}, 9000],
  ["x-ratelimit-reset-after", { "x-ratelimit-reset-after": "1.5" }, {}, 1500],
  ["x-ratelimit-retry-after", { "x-ratelimit-retry-after": "4" }, {}, 4000],
  [
    "openai tokens",
    {
      "x-ratelimit-remaining-tokens": "0",
      "x-ratelimit-reset-tokens": "6m0s",
      "x-ratelimit-remaining-requests": "5",
      "x-ratelimit-reset-requests": "1ms",
    },
    {},
    360000,
  ],
  ["cerebras", { "x-ratelimit-remaining-tokens-minute": "0", "x-ratelimit-reset-tokens-minute": "12.5" }, {}, 12500],
  ["mistral", { "ratelimitbysize-remaining": "0", "ratelimitbysize-reset": "13" }, {}, 13000],
  ["ietf", { ratelimit: '"default";r=0;t=42' }, {}, 42000],
  ["ietf old", { ratelimit: "limit=100, remaining=0, reset=50" }, {}, 50000],
  ["ietf pair", { "ratelimit-remaining": "0", "ratelimit-reset": "50" }, {}, 50000],
  [
    "anthropic unified",
    { "anthropic-ratelimit-unified-status": "rejected", "anthropic-ratelimit-unified-reset": "1790000060" },
    {},
    60000,
  ],
  [
    "retryInfo ms",
    {},
    { error: { details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "0.847655010s" }] } },
    848,
  ],
  ["retryInfo array", {}, [{ error: { details: [{ "@type": "x.RetryInfo", retryDelay: "48s" }] } }], 48000],
  [
    "retryInfo in raw string",
    {},
    {
      error: {
        message: "Provider returned error",
        metadata: { raw: '{"error":{"details":[{"@type":"x.RetryInfo","retryDelay":"12s"}]}}' },
      },
    },
    12000,
  ],
  [
    "raw msg",
    {},
    {
      error: {
        message: "Provider returned error",
        metadata: { raw: '{"error":{"message":"Rate limit reached. Please try again in 1.5s."}}' },
      },
    },
    1500,
  ],
  ["raw retry_after_seconds", {}, { error: { metadata: { raw: "x", retry_after_seconds: 21 } } }, 21000],
  ["raw headers retry-after", {}, { error: { metadata: { headers: { "Retry-After": "17" } } } }, 17000],
  ["msg ms", {}, { error: { message: "Please try again in 120ms." } }, 120],
  ["msg hms", {}, { error: { message: "Please try again in 1h2m3.5s." } }, 3723500],
  ["msg days", {}, { error: { message: "try again in 2 days" } }, 172800000],
  ["msg min words", {}, { error: { message: "Please try again in 5 minutes and 10 seconds" } }, 310000],
  ["msg retry after", {}, { error: { message: "Please retry after 27 seconds." } }, 27000],
  ["bare number", {}, { error: { message: "Please retry after 27" } }, 27000],
  ["try again later", {}, { error: { message: "try again later" } }, undefined],
  ["retry in str", {}, "Retry in 3 seconds", 3000],
  ["wait for", {}, { detail: "Wait for 10s" }, 10000],
  ["reset_time", {}, { error: { resets_at: 1790000030 } }, 30000],
  ["JSON string body", {}, '{"error":{"message":"Please try again in 2s"}}', 2000],
  ["error as JSON string", {}, { error: '{"message":"retry after 4 seconds"}' }, 4000],
  ["zero", { "retry-after": "0" }, {}, 0],
  ["azure zero ms", { "retry-after": "1", "retry-after-ms": "0" }, {}, 0],
  ["absurd", { "retry-after": "86400" }, {}, 86400000],
  ["msg try again at iso", {}, { error: { message: "Please try again at 2026-09-21T14:14:20Z" } }, 60000],
  [
    "msg anthropic date",
    {},
    { error: { message: "You will regain access on 2026-10-01 at 00:00 UTC." } },
    Date.parse("2026-10-01T00:00:00Z") - NOW,
  ],
  ["gemini msg", {}, { error: { message: "Please retry in 48.939935699s." } }, 48940],
  ["float comma", {}, { error: { message: "try again in 1,200 seconds" } }, 1200000],
];

for (const [what, headers, body, waitMs] of FORMS) {
  test(`retryAfterMs() reads the form: ${what}`, () => {
    assert.equal(retryAfterMs(new Headers(headers), body, NOW), waitMs);
  });
}
