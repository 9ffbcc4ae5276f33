import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnswerEnd } from "../events/mod.ts";
import type { AnswerMeasures } from "./answer_measures.ts";
import { measuresOf } from "./answer_measures.ts";
import { AnswerSums } from "./answer_sums.ts";

const OUTCOMES = ["completed", "completed", "failed", "cancelled"] as const;
const CODES = ["stall", "rate-limit", "cut"] as const;

/** An answer that differs from its neighbours in every measure; amounts are binary fractions, so that sums are exact. */
function measures(index: number): AnswerMeasures {
  const outcome = OUTCOMES[index % 4] ?? "completed";
  const failures = index % 3 === 0 ? [CODES[index % 2] ?? "cut", "cut"] : [];
  return {
    answerId: `answer-${index}`,
    route: "default",
    outcome,
    ...(outcome === "failed" && { code: CODES[index % 3] ?? "cut" }),
    endedAt: index,
    ...(index % 5 !== 0 && { firstTokenMs: 100 + index }),
    totalMs: 1_000 + index * 7,
    ...(index % 7 !== 0 && { tokensPerSecond: 20 + (index % 60) }),
    ...(index % 2 === 0 && { usage: { inputTokens: index, outputTokens: 3 * index } }),
    costs: index % 2 === 0 ? [{ provider: "one", model: `model-${index % 3}`, amount: index / 1024 }] : [],
    isCostPartial: index % 11 === 0,
    attempts: 1 + failures.length,
    retries: failures.length,
    fallbacks: index % 2,
    hedges: 0,
    continuations: index % 3,
    failures,
    isRescued: outcome === "completed" && index % 3 === 0,
    hasFallenBack: false,
    isIncomplete: outcome === "failed",
    freezesMs: index % 3 === 0 ? [index, 2 * index] : [],
  };
}

function sumsOf(all: readonly AnswerMeasures[]): AnswerSums {
  const sums = new AnswerSums();
  for (const one of all) sums.add(one);
  return sums;
}

test("AnswerSums of any parts, stored and merged in any order, are those of the whole", () => {
  const all = Array.from({ length: 240 }, (_, index) => measures(index));
  const whole = sumsOf(all);
  for (const size of [1, 7, 60, 239]) {
    const parts: string[] = [];
    for (let from = 0; from < all.length; from += size) {
      parts.push(JSON.stringify(sumsOf(all.slice(from, from + size))));
    }
    for (const order of [parts, parts.toReversed()]) {
      const merged = new AnswerSums();
      for (const part of order) merged.merge(AnswerSums.from(JSON.parse(part)));
      assert.deepEqual(merged.counts, whole.counts);
      assert.deepEqual(merged.tokens, whole.tokens);
      for (const name of ["costs", "failures", "errors"] as const) {
        assert.deepEqual(Object.fromEntries(merged[name]), Object.fromEntries(whole[name]), `${size}, ${name}`);
      }
      for (const name of ["firstTokenMs", "totalMs", "freezeMs"] as const) {
        assert.deepEqual(merged[name].toJSON(), whole[name].toJSON(), `${size}, ${name}`);
      }
    }
  }
});

test("measuresOf() reads a rescue, its setbacks and its costs off the end, and keeps what is unknown absent", () => {
  const end: AnswerEnd = {
    seq: 9,
    at: 5_000,
    type: "answer-end",
    outcome: "completed",
    length: 8,
    sha256: "",
    provider: "two",
    model: "m",
    attempts: [
      { attempt: 1, provider: "one", model: "m", why: "first", outcome: "failed", failureCode: "cut", from: 0, to: 4 },
      {
        attempt: 2,
        provider: "two",
        model: "m",
        why: "continuation",
        outcome: "completed",
        from: 4,
        to: 8,
        cost: { amount: 0.5, currency: "USD", source: "provider" },
        seam: { strategy: "quote", kind: "tail", isVerified: true, freezeMs: 250 },
      },
    ],
    timing: { totalMs: 4_000, deltas: 2 },
  };
  assert.deepEqual(measuresOf("a", "default", end), {
    answerId: "a",
    route: "default",
    provider: "two",
    model: "m",
    outcome: "completed",
    endedAt: 5_000,
    totalMs: 4_000,
    costs: [{ provider: "two", model: "m", amount: 0.5 }],
    isCostPartial: true,
    attempts: 2,
    retries: 0,
    fallbacks: 0,
    hedges: 0,
    continuations: 1,
    failures: ["cut"],
    isRescued: true,
    hasFallenBack: false,
    isIncomplete: false,
    freezesMs: [250],
  });
});
