import assert from "node:assert/strict";
import { test } from "node:test";
import { FAILURE_CODES } from "../failures/mod.ts";
import { failureEffect } from "./failure_effect.ts";

test("failureEffect() knows for every code whether it counts, and for whom", () => {
  const scopes = Object.groupBy(FAILURE_CODES, (code) => failureEffect({ code, action: "tell" })?.scope ?? "nobody");
  assert.deepEqual(scopes.target, [
    ...["network", "tls", "connect-timeout", "first-token-timeout", "stall", "upstream-timeout", "cut", "malformed"],
    ...["empty-answer", "model-not-found", "rate-limit", "quota-exhausted", "overloaded", "conflict"],
    ...["server-error", "dependency"],
  ]);
  assert.deepEqual(scopes.provider, [
    "provider-auth",
    "provider-forbidden",
    "insufficient-credit",
    "unsupported-region",
  ]);
});

test("failureEffect() opens for the wait that was asked for: a minute at most, a quarter of an hour for a quota", () => {
  const openForMs = (code: "rate-limit" | "quota-exhausted" | "overloaded", retryAfterMs?: number) =>
    failureEffect({ code, action: "retry", ...(retryAfterMs !== undefined && { retryAfterMs }) })?.openForMs;
  assert.equal(openForMs("rate-limit", 4_770), 4_770);
  assert.equal(openForMs("rate-limit", 86_400_000), 60_000);
  assert.equal(openForMs("rate-limit", 0), undefined);
  assert.equal(openForMs("rate-limit"), undefined);
  assert.equal(openForMs("quota-exhausted", 86_400_000), 900_000);
  assert.equal(openForMs("overloaded", 4_770), undefined);
  assert.equal(failureEffect({ code: "quota-exhausted", action: "fallback" })?.opensAtOnce, true);
});
