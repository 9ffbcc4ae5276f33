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
