import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { AnswerEnd, AnswerState } from "../events/mod.ts";
import { EMPTY_ANSWER_STATE } from "../events/mod.ts";
import { AnswerCounters } from "./answer_counters.ts";
import { liveMeasures } from "./live_measures.ts";
import { percentile } from "./percentile.ts";
import { StreamTiming } from "./stream_timing.ts";

const END: AnswerEnd = {
  seq: 9,
  at: 5_000,
  type: "answer-end",
  outcome: "completed",
  length: 4,
  sha256: "",
  attempts: [],
  timing: { totalMs: 4_000, firstTokenMs: 1_000, deltas: 2, tokensPerSecond: 12 },
};

const attempt = (more: object) => ({
  attempt: 1,
  provider: "a",
  model: "m",
  why: "first" as const,
  from: 0,
  to: 4,
  ...more,
});

describe("StreamTiming", () => {
  test("measures from its start, gaps without the first, and unknown as absent", () => {
    const timing = new StreamTiming(100);
    assert.deepEqual(timing.summary(150), { totalMs: 50, deltas: 0 });
    timing.noteHeaders(110);
    for (const now of [200, 210, 230, 330]) timing.noteText(now);
    const summary = timing.summary(400, { outputTokens: 26 });
    assert.deepEqual(summary, {
      totalMs: 300,
      deltas: 4,
      headersMs: 10,
      firstTokenMs: 100,
      interTokenMs: { p50: 20, p95: 100, max: 100 },
      // 26 tokens in the 130 ms from the first to the last.
      tokensPerSecond: 200,
    });
  });

  test("counts hidden reasoning into no rate, and shown reasoning into it", () => {
    const hidden = new StreamTiming(0);
    hidden.noteText(1_000);
    hidden.noteText(2_000);
    assert.equal(hidden.summary(2_000, { outputTokens: 30, reasoningTokens: 20 }).tokensPerSecond, 10);
    const shown = new StreamTiming(0);
    shown.noteReasoning(0);
    shown.noteText(1_000);
    shown.noteText(2_000);
    assert.equal(shown.summary(2_000, { outputTokens: 30, reasoningTokens: 20 }).tokensPerSecond, 15);
  });
});

describe("liveMeasures()", () => {
  test("estimates while the answer runs, and says so", () => {
    const state: AnswerState = {
      ...EMPTY_ANSWER_STATE,
      start: {
        seq: 1,
        at: 1_000,
        type: "answer-start",
        version: 1,
        answerId: "x",
        route: "default",
        policy: {} as never,
      },
      text: "a".repeat(400),
      firstTokenAt: 1_500,
      lastTokenAt: 2_500,
      attempts: [attempt({ modelReported: "real" })],
    };
    const measures = liveMeasures(state, 3_000);
    assert.equal(measures.isEstimate, true);
    assert.equal(measures.elapsedMs, 2_000);
    assert.equal(measures.firstTokenMs, 500);
    assert.equal(measures.outputTokens, 100);
    assert.equal(measures.tokensPerSecond, 100);
    assert.equal(measures.model, "real");
  });

  test("gives the authoritative numbers at the end, and no total where none was reported", () => {
    const measures = liveMeasures({ ...EMPTY_ANSWER_STATE, end: END }, 99_999);
    assert.equal(measures.isEstimate, false);
    assert.equal(measures.elapsedMs, 4_000);
    assert.equal(measures.tokensPerSecond, 12);
    assert.equal(measures.totalTokens, undefined);
  });
});

describe("AnswerCounters", () => {
  test("tells rescues from fallbacks and failures, and measures their freeze", () => {
    const counters = new AnswerCounters();
    const ended = (end: Partial<AnswerEnd>) => counters.noteEnd({ ...EMPTY_ANSWER_STATE, end: { ...END, ...end } });
    const seam = { strategy: "quote", kind: "tail", isVerified: true } as const;
    counters.noteStart();
    ended({});
    ended({ attempts: [attempt({ outcome: "failed" }), attempt({ outcome: "completed" })] });
    for (const freezeMs of [10, 30, 20]) {
      ended({
        attempts: [attempt({ outcome: "failed" }), attempt({ outcome: "completed", seam: { ...seam, freezeMs } })],
      });
    }
    ended({ outcome: "failed" });
    ended({ outcome: "cancelled" });
    assert.deepEqual(counters.counts(), {
      started: 1,
      finished: 5,
      rescued: 3,
      fellBack: 1,
      incomplete: 1,
      cancelled: 1,
      freezeMs: { count: 3, p50: 20, p95: 30, max: 30 },
    });
  });
});

test("percentile() takes the nearest rank", () => {
  const numbers = Array.from({ length: 100 }, (_, index) => index + 1);
  assert.deepEqual(
    [50, 95, 99, 100].map((p) => percentile(numbers, p)),
    [50, 95, 99, 100],
  );
  assert.throws(() => percentile([], 50), RangeError);
});
