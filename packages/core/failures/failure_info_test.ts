import assert from "node:assert/strict";
import { test } from "node:test";
import { failureInfoSchema } from "../events/mod.ts";
import { FAILURE_CODES, failureInfo, formatFailure, httpStatusOf, isFailureCode, openAiErrorType } from "./mod.ts";

test("failureInfo() says every code in both languages, each with a remedy", () => {
  for (const code of FAILURE_CODES) {
    const info = failureInfo(code, { retryAfterMs: 5000, param: "messages[0].content", detail: "Too short" });
    assert.deepEqual(failureInfoSchema.parse(info), info);
    for (const { en, ar } of [info.message, info.remedy]) {
      assert.match(en, /^[A-Z][^\u0600-\u06ff]+\.$/u, `${code}: ${en}`);
      // Arabic letters begin and outweigh the Latin names of variables.
      assert.match(ar, /^[\u0621-\u064a].*\.$/u, `${code}: ${ar}`);
      assert.doesNotMatch(`${en}${ar}`, /undefined|null|NaN|\[object|\.\./, code);
    }
    assert.notEqual(info.message.en, info.remedy.en);
  }
});

test("failureInfo() says no two codes alike", () => {
  const messages = FAILURE_CODES.map((code) => failureInfo(code).message);
  assert.equal(new Set(messages.map(({ en }) => en)).size, FAILURE_CODES.length);
  assert.equal(new Set(messages.map(({ ar }) => ar)).size, FAILURE_CODES.length);
});

test("failureInfo() names the wait as each language counts", () => {
  for (const [ms, en, ar] of [
    [0, "in 1 second.", "بعد ثانية واحدة."],
    [1500, "in 2 seconds.", "بعد ثانيتين."],
    [3000, "in 3 seconds.", "بعد 3 ثوانٍ."],
    [10_000, "in 10 seconds.", "بعد 10 ثوانٍ."],
    [11_000, "in 11 seconds.", "بعد 11 ثانية."],
    [100_000, "in 100 seconds.", "بعد 100 ثانية."],
    [103_000, "in 103 seconds.", "بعد 103 ثوانٍ."],
    [120_000, "in 2 minutes.", "بعد دقيقتين."],
    [12 * 60_000, "in 12 minutes.", "بعد 12 دقيقة."],
    [86_400_000, "in 24 hours.", "بعد 24 ساعة."],
    [3 * 86_400_000, "in 3 days.", "بعد 3 أيام."],
    [11 * 86_400_000, "in 11 days.", "بعد 11 يومًا."],
  ] as const) {
    const { remedy } = failureInfo("too-many-requests", { retryAfterMs: ms });
    assert.ok(remedy.en.endsWith(en), remedy.en);
    assert.ok(remedy.ar.endsWith(ar), remedy.ar);
  }
  assert.match(failureInfo("rate-limit").remedy.en, /^Try again in a moment\./);
  assert.equal(failureInfo("rate-limit", { retryAfterMs: Number.NaN }).retryAfterMs, undefined);
});

test("failureInfo() names the field and our explanation of a caller's mistake, in both languages", () => {
  const info = failureInfo("invalid-input", {
    param: "messages[0].content",
    detail: "A text is wanted: a number was found",
  });
  assert.equal(
    info.message.en,
    "The request contains a value that is not valid. Field: `messages[0].content`. A text is wanted: a number was found.",
  );
  assert.match(info.message.ar, /الحقل: `messages\[0\]\.content`\./);
  assert.equal(info.param, "messages[0].content");
});

test("failureInfo() never lets a detail into what an upstream failed with, nor markup into a field's name", () => {
  const upstream = failureInfo("server-error", { detail: "secret words of an upstream" });
  assert.doesNotMatch(JSON.stringify(upstream), /secret/);
  assert.equal(failureInfo("invalid-input", { param: "a`<img src=x>" }).param, "aimgsrcx");
});

test("failureInfo() takes the remedy of the one cause where all targets failed alike", () => {
  const cause = { provider: "openrouter", model: "a", code: "provider-auth", status: 401 };
  const alike = failureInfo("all-targets-failed", { causes: [cause, { ...cause, model: "b" }] });
  assert.deepEqual(alike.remedy, failureInfo("provider-auth").remedy);
  assert.equal(alike.causes?.length, 2);
  const mixed = failureInfo("all-targets-failed", { causes: [cause, { ...cause, code: "network" }] });
  assert.deepEqual(mixed.remedy, failureInfo("all-targets-failed").remedy);
});

test("failureInfo() names an upstream's status only where there was one", () => {
  const cause = { provider: "gemini", model: "a", code: "provider-auth" };
  assert.match(failureInfo("provider-auth").message.en, /rejected the API key\.$/);
  assert.match(failureInfo("provider-auth", { causes: [cause] }).message.en, /rejected the API key\.$/);
  const { en, ar } = failureInfo("provider-auth", { causes: [{ ...cause, status: 400 }] }).message;
  assert.match(en, /rejected the API key \(HTTP 400\)\.$/);
  assert.match(ar, /\(HTTP 400\)\.$/);
});

test("failureInfo() names what to set where no provider is set up", () => {
  const { remedy } = failureInfo("no-provider");
  for (const text of [remedy.en, remedy.ar]) assert.match(text, /OPENROUTER_API_KEY.*AI_SERVICE_URL/s);
});

test("formatFailure() writes Arabic first, then English, each with its remedy and what was tried", () => {
  const info = failureInfo("all-targets-failed", {
    causes: [
      { provider: "openrouter", model: "x/`<b>y", code: "rate-limit", status: 429 },
      { provider: "openai", model: "gpt-4o-mini", code: "something-new" },
    ],
  });
  const text = formatFailure(info);
  const [arabic = "", english = ""] = text.split("\n\n---\n\n");
  assert.ok(arabic.includes(info.message.ar) && arabic.includes(info.remedy.ar));
  assert.ok(english.includes(info.message.en) && english.includes(info.remedy.en));
  assert.ok(
    english.includes("`openrouter/x/&lt;b&gt;y`: The AI provider's rate limit is reached (HTTP 429). (`rate-limit`)"),
  );
  assert.ok(english.includes("`openai/gpt-4o-mini`: something-new"));
  assert.doesNotMatch(text, /[<>]/);
});

test("httpStatusOf() and openAiErrorType() know every code, and never show an upstream's 401 or 403 as ours", () => {
  for (const code of FAILURE_CODES) {
    assert.ok(httpStatusOf(code) >= 400 && httpStatusOf(code) <= 504, code);
    assert.match(openAiErrorType(code), /^[a-z_]+$/, code);
  }
  for (const [code, status, type] of [
    ["provider-auth", 502, "server_error"],
    ["provider-forbidden", 502, "server_error"],
    ["unauthenticated", 401, "authentication_error"],
    ["forbidden", 403, "permission_error"],
    ["answer-not-found", 404, "not_found_error"],
    ["question-too-long", 413, "invalid_request_error"],
    ["invalid-input", 400, "invalid_request_error"],
    ["unsupported-media-type", 415, "invalid_request_error"],
    ["too-many-requests", 429, "rate_limit_error"],
    ["no-provider", 503, "server_error"],
    ["draining", 503, "server_error"],
    ["restarting", 503, "server_error"],
    ["deadline", 504, "timeout_error"],
    ["internal", 500, "server_error"],
  ] as const) {
    assert.deepEqual([httpStatusOf(code), openAiErrorType(code)], [status, type], code);
  }
});

test("isFailureCode() tells the closed list from anything else", () => {
  assert.ok(FAILURE_CODES.every(isFailureCode));
  for (const word of ["", "toString", "Rate-Limit", "nonsense"]) assert.equal(isFailureCode(word), false);
});
