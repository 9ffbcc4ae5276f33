import assert from "node:assert/strict";
import { test } from "node:test";
import { classifyErrorObject, classifyResponse, type FailureAction, type FailureCode } from "./mod.ts";

const NOW = Date.parse("2026-09-21T14:13:20.000Z");

function classify(status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return classifyResponse({ status, headers: new Headers(headers), body: text, now: NOW });
}

const openAi = (message: string, rest: object = {}) => ({
  error: { message, type: null, param: null, code: null, ...rest },
});
const anthropic = (type: string, message: string, rest: object = {}) => ({
  type: "error",
  error: { type, message, ...rest },
});
const gemini = (code: number, status: string, message: string, details: object[] = []) => ({
  error: { code, message, status, details },
});

/** One line for each shape and meaning that the recordings do not have. */
const TABLE: readonly [what: string, status: number, body: unknown, FailureCode, FailureAction][] = [
  ["OpenAI's refused prompt", 400, openAi("Invalid prompt", { code: "invalid_prompt" }), "content-filter", "tell"],
  [
    "OpenRouter's moderation",
    403,
    openAi("Flagged", { code: 403, metadata: { reasons: ["violence"], flagged_input: "…" } }),
    "content-filter",
    "tell",
  ],
  ["Alibaba's inspection", 400, openAi("Inappropriate", { code: "DataInspectionFailed" }), "content-filter", "tell"],
  [
    "Gemini's count of tokens",
    400,
    gemini(
      400,
      "INVALID_ARGUMENT",
      "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
    ),
    "context-too-long",
    "fallback",
  ],
  [
    "Vertex's count of tokens",
    400,
    gemini(
      400,
      "INVALID_ARGUMENT",
      "Unable to submit request because the input token count is 40960 but model only supports up to 32767.",
    ),
    "context-too-long",
    "fallback",
  ],
  [
    "Gemini's free tier abroad",
    400,
    gemini(400, "FAILED_PRECONDITION", "Gemini API free tier is not available in your country."),
    "unsupported-region",
    "fallback",
  ],
  [
    "Gemini's missing signature",
    400,
    gemini(400, "INVALID_ARGUMENT", "Function call is missing a thought_signature in functionCall parts."),
    "invalid-request",
    "fallback",
  ],
  [
    "llama.cpp's context size",
    400,
    { error: { code: 400, message: "the request exceeds", type: "exceed_context_size_error", n_ctx: 4096 } },
    "context-too-long",
    "fallback",
  ],
  ["Perplexity's prompt", 400, openAi("Too long", { type: "too_many_prompt_tokens" }), "context-too-long", "fallback"],
  [
    "OpenRouter's region",
    403,
    { error: { message: "No", availability: { code: "region_restricted", retryable: false } } },
    "unsupported-region",
    "fallback",
  ],
  ["a legal reason", 451, "", "unsupported-region", "fallback"],
  [
    "Hugging Face's sum of tokens",
    422,
    openAi("Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193. Given: 9000"),
    "context-too-long",
    "fallback",
  ],
  [
    "Anthropic's sum of tokens",
    400,
    anthropic("invalid_request_error", "input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000"),
    "context-too-long",
    "fallback",
  ],
  [
    "Cohere's trial key",
    429,
    { message: "You are using a Trial key, which is limited to 1000 API calls / month." },
    "quota-exhausted",
    "fallback",
  ],
  [
    "Gemini without a key",
    403,
    gemini(403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers. Please use API Key."),
    "provider-auth",
    "fallback",
  ],
  ["Anthropic's billing", 402, anthropic("billing_error", "Pay"), "insufficient-credit", "fallback"],
  [
    "xAI's empty team",
    403,
    { code: "forbidden", error: "Your newly created team doesn't have any credits yet." },
    "insufficient-credit",
    "fallback",
  ],
  [
    "OpenRouter's key limit",
    403,
    openAi("Key limit exceeded", { metadata: { limit_source: "openrouter_key_limit" } }),
    "insufficient-credit",
    "fallback",
  ],
  ["Moonshot's quota", 429, openAi("…", { type: "exceeded_current_quota_error" }), "insufficient-credit", "fallback"],
  [
    "OpenAI's spend limit",
    429,
    openAi("…", { type: "insufficient_quota", code: "project_spend_limit_exceeded" }),
    "insufficient-credit",
    "fallback",
  ],
  [
    "Groq's tokens per day",
    429,
    openAi("Rate limit reached on tokens per day (TPD): Limit 100000, Used 99000, Requested 2000.", {
      code: "rate_limit_exceeded",
    }),
    "quota-exhausted",
    "fallback",
  ],
  [
    "OpenRouter's free models by the minute",
    429,
    openAi("Rate limit exceeded: free-models-per-min. Add 10 credits to unlock 1000 free model requests per day"),
    "rate-limit",
    "retry",
  ],
  [
    "a key in a 400 of xAI",
    400,
    { code: "invalid-argument", error: "Incorrect API key provided" },
    "provider-auth",
    "fallback",
  ],
  [
    "Cloudflare's list of errors",
    400,
    { success: false, errors: [{ code: 10000, message: "Invalid API key" }] },
    "provider-auth",
    "fallback",
  ],
  ["HTML of a proxy", 401, "<html><body>Authorization Required</body></html>", "provider-auth", "fallback"],
  [
    "Groq's one request above the minute",
    413,
    openAi("Request too large", { type: "tokens", code: "rate_limit_exceeded" }),
    "request-too-large",
    "fallback",
  ],
  [
    "OpenAI's one request above the limit",
    429,
    openAi("Tokens per min (TPM): Limit 30,000, Requested 342,389.", { type: "tokens", code: "rate_limit_exceeded" }),
    "request-too-large",
    "fallback",
  ],
  ["Azure's deployment", 404, { error: { code: "DeploymentNotFound", message: "…" } }, "model-not-found", "fallback"],
  [
    "Mistral's model",
    400,
    { object: "error", message: "Invalid model: x", type: "invalid_model", code: "1500", raw_status_code: 400 },
    "model-not-found",
    "fallback",
  ],
  ["OpenRouter's model", 400, openAi("x is not a valid model ID", { code: 400 }), "model-not-found", "fallback"],
  ["an address that takes no POST", 405, "", "model-not-found", "fallback"],
  [
    "Mistral's rate",
    429,
    { object: "error", message: "Service tier capacity exceeded for this model.", type: "x", code: "3505" },
    "rate-limit",
    "retry",
  ],
  ["Azure AI's string code", 429, { error: { code: "429", message: "Slow" } }, "rate-limit", "retry"],
  ["Gemini's array", 503, [gemini(503, "UNAVAILABLE", "Busy")], "overloaded", "retry"],
  [
    "a limit per minute whose text speaks of length",
    429,
    openAi("Rate limit reached. Please reduce the length of the messages or wait.", { code: "rate_limit_exceeded" }),
    "rate-limit",
    "retry",
  ],
  ["Bedrock", 400, { __type: "ThrottlingException", message: "Too many requests" }, "rate-limit", "retry"],
  [
    "an inner error in OpenRouter's raw",
    400,
    openAi("Provider returned error", {
      metadata: { raw: '{"error":{"message":"x","type":"invalid_request_error","code":"context_length_exceeded"}}' },
    }),
    "context-too-long",
    "fallback",
  ],
  [
    "a JSON error framed as an event",
    400,
    'event: error\ndata: {"error":{"code":404,"message":"gone","status":"NOT_FOUND"}}\n\n',
    "model-not-found",
    "fallback",
  ],
  [
    "a parameter that this provider lacks",
    400,
    openAi("…", { code: "unsupported_parameter" }),
    "invalid-request",
    "fallback",
  ],
  [
    "Mistral's validation",
    422,
    { object: "error", message: { detail: [{ type: "missing", loc: ["body"], msg: "Field required" }] }, code: "3051" },
    "invalid-request",
    "tell",
  ],
  [
    "a byte order mark",
    400,
    `\ufeff${JSON.stringify(openAi("…", { code: "invalid_api_key" }))}`,
    "provider-auth",
    "fallback",
  ],
  [
    "Anthropic's filter of output",
    400,
    anthropic("invalid_request_error", "Output blocked by content filtering policy"),
    "content-filter",
    "tell",
  ],
  [
    "Anthropic's limit of spending",
    400,
    anthropic("invalid_request_error", "You have reached your specified API usage limits. You will regain access on …"),
    "quota-exhausted",
    "fallback",
  ],
  [
    "Anthropic's closed account",
    400,
    anthropic("invalid_request_error", "This organization has been disabled."),
    "provider-forbidden",
    "fallback",
  ],
  [
    "a beginning that Anthropic's model refuses",
    400,
    anthropic(
      "invalid_request_error",
      "This model does not support assistant message prefill. The conversation must …",
    ),
    "invalid-request",
    "fallback",
  ],
  [
    "a ceiling above that of Anthropic's model",
    400,
    anthropic("invalid_request_error", "max_tokens: 9 > 8, which is the maximum allowed number of output tokens for m"),
    "invalid-request",
    "fallback",
  ],
  [
    "a field that Anthropic does not know",
    400,
    anthropic("invalid_request_error", "tools.0.custom.strict: Extra inputs are not permitted"),
    "invalid-request",
    "fallback",
  ],
  ["Groq's failed tool call", 400, openAi("…", { code: "tool_use_failed" }), "invalid-tool-call", "retry"],
  ["Gemini's malformed call", 200, { finishReason: "MALFORMED_FUNCTION_CALL" }, "invalid-tool-call", "retry"],
  ["a request that the upstream gave up", 499, "", "server-error", "retry"],
  ["a bad request under a good status", 200, openAi("…", { type: "invalid_request_error" }), "invalid-request", "tell"],
  ["an unknown 4xx", 418, "short and stout", "invalid-request", "tell"],
  ["an empty 500", 500, "", "server-error", "retry"],
  [
    "a broken server that blames the request",
    500,
    openAi("Internal", { type: "invalid_request_error" }),
    "server-error",
    "retry",
  ],
  ["a plain text whose words mislead", 503, "invalid api key? maximum context length?", "overloaded", "retry"],
  ["a gateway's wrong dialect", 501, "", "model-not-found", "fallback"],
  ["Cloudflare's sick tunnel", 530, "<!doctype html><title>530</title>", "server-error", "retry"],
  ["a permanent redirect", 308, "", "malformed", "fallback"],
  ["a captive portal", 200, "<!doctype html><title>Sign in</title>", "malformed", "fallback"],
  ["JSON that is no answer", 200, { hello: 1 }, "malformed", "fallback"],
  ["nothing at all", 200, "\n", "cut", "retry"],
  ["an error under a good status", 200, openAi("…", { code: 503 }), "overloaded", "retry"],
  ["Ollama's error under a good status", 200, { error: "an error was encountered" }, "server-error", "retry"],
];

for (const [what, status, body, code, action] of TABLE) {
  test(`classifyResponse() calls ${what} (${status}) '${code}'`, () => {
    const failure = classify(status, body);
    assert.deepEqual([failure.code, failure.action], [code, action], failure.detail);
  });
}

test("classifyResponse() obeys x-should-retry for failures that pass, and only for those", () => {
  assert.equal(classify(500, "", { "x-should-retry": "false" }).action, "fallback");
  assert.equal(classify(504, "", { "x-should-retry": "true" }).action, "retry");
  assert.equal(classify(401, "", { "x-should-retry": "true" }).action, "fallback");
  const blocked = openAi("…", { code: "content_filter" });
  assert.equal(classify(400, blocked, { "x-should-retry": "true" }).action, "tell");
});

test("classifyResponse() does as OpenRouter's 'retryable' says", () => {
  const error = { message: "At capacity", error_type: "rate_limit_exceeded", http_status: 429 };
  const retryable = (value: boolean) => ({ error: { ...error, availability: { retryable: value, retry_after: 4 } } });
  assert.deepEqual(
    [classify(429, retryable(true)).action, classify(429, retryable(true)).retryAfterMs],
    ["retry", 4000],
  );
  assert.equal(classify(429, retryable(false)).action, "fallback");
});

test("classifyResponse() falls back where the wait is beyond all patience, and still states it", () => {
  const failure = classify(429, openAi("Too many requests"), { "retry-after": "86400" });
  assert.deepEqual([failure.code, failure.action, failure.retryAfterMs], ["rate-limit", "fallback", 86_400_000]);
});

test("classifyResponse() states no wait for a failure that waiting cannot mend", () => {
  assert.equal(classify(401, openAi("…"), { "retry-after": "5" }).retryAfterMs, undefined);
});

test("classifyErrorObject() takes strings, members, events and nonsense", () => {
  const context = { now: NOW };
  assert.equal(classifyErrorObject("model requires more system memory", context).code, "server-error");
  assert.equal(classifyErrorObject("rate limited", { ...context, status: 429 }).code, "rate-limit");
  assert.equal(classifyErrorObject({ type: "overloaded_error" }, context).code, "overloaded");
  const event = { type: "response.failed", response: { status: "failed", error: { code: "rate_limit_exceeded" } } };
  assert.equal(classifyErrorObject(event, context).code, "rate-limit");
  for (const nonsense of [undefined, null, 7, "", [], {}, [[]], { error: null }]) {
    assert.deepEqual(classifyErrorObject(nonsense, context).code, "server-error");
  }
});

test("classifyErrorObject() prefers an HTTP error's status and otherwise the status that the error states", () => {
  const stated = { error: { code: 502, message: "…" } };
  assert.equal(classifyErrorObject(stated, { now: NOW }).status, 502);
  assert.equal(classifyErrorObject(stated, { status: 200, now: NOW }).status, 502);
  assert.equal(classifyErrorObject(stated, { status: 503, now: NOW }).status, 503);
  assert.equal("status" in classifyErrorObject({ error: "…" }, { now: NOW }), false);
});

test("classifyErrorObject() reads a message only where it speaks of itself, not a quoted question at its end", () => {
  const message = `Rejected: ${"x".repeat(5000)} maximum context length`;
  assert.equal(classifyErrorObject({ error: { message } }, { status: 400, now: NOW }).code, "invalid-request");
});

test("classifyErrorObject() ends on deep, wide and circular objects", () => {
  const circular: Record<string, unknown> = { message: "round" };
  circular.error = circular;
  circular.details = Array.from({ length: 10_000 }, () => circular);
  assert.equal(classifyErrorObject(circular, { now: NOW }).detail, "round");
});
