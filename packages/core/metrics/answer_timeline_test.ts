import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnswerEvent } from "../events/mod.ts";
import { AnswerTimeline } from "./mod.ts";

const start = (seq: number, at: number, attempt: number): AnswerEvent => ({
  type: "attempt-start",
  seq,
  at,
  attempt,
  provider: `provider-${attempt}`,
  model: "m",
  why: attempt === 1 ? "first" : "continuation",
  offset: 0,
});
const text = (seq: number, at: number, attempt = 1): AnswerEvent => ({
  type: "text-delta",
  seq,
  at,
  attempt,
  offset: seq,
  text: "x",
});
const BEGUN = {
  type: "answer-start",
  seq: 1,
  at: 1000,
  version: 1,
  answerId: "answer-1",
  route: "default",
  policy: {
    targets: [],
    timeouts: { connectMs: 1, firstTokenMs: 1, idleMs: 1, totalMs: 1 },
    maxRetries: 0,
    onCut: "continue",
  },
} satisfies AnswerEvent;
const timing = { totalMs: 1, deltas: 1 };

test("AnswerTimeline tells when each attempt began, spoke and ended, and what it did to the breakers", () => {
  const timeline = new AnswerTimeline();
  const breakers = [{ scope: "target" as const, state: "open" as const, retryAt: 9000 }];
  const failure = { code: "cut", message: { en: "", ar: "" }, remedy: { en: "", ar: "" } };
  const seam = { strategy: "prefill" as const, kind: "tail" as const, isVerified: true };
  const events: AnswerEvent[] = [
    BEGUN,
    start(2, 1010, 1),
    text(3, 1100),
    text(4, 1150),
    { type: "attempt-end", seq: 5, at: 1200, attempt: 1, outcome: "failed", failure, timing, breakers },
    start(6, 1200, 2),
    text(7, 1500, 2),
    { type: "attempt-end", seq: 8, at: 1600, attempt: 2, outcome: "completed", timing, seam },
    { type: "answer-end", seq: 9, at: 1600, outcome: "completed", length: 3, sha256: "", attempts: [], timing },
  ];
  for (const event of events) timeline.note(event);
  // What comes twice is noted once.
  for (const event of events) timeline.note(event);
  const { attempts, gaps, ...rest } = timeline.data();
  assert.deepEqual(rest, { seq: 9, startedAt: 1000, lastTextAt: 1500, endedAt: 1600, stride: 1 });
  assert.deepEqual(gaps, [
    { atMs: 150, gapMs: 50 },
    { atMs: 500, gapMs: 350 },
  ]);
  assert.partialDeepStrictEqual(attempts, [
    { startedAt: 1010, firstTextAt: 1100, endedAt: 1200, outcome: "failed", failureCode: "cut", breakers },
    { startedAt: 1200, firstTextAt: 1500, endedAt: 1600, outcome: "completed", seam, breakers: [] },
  ]);
  assert.equal(timeline.isComplete, true);
});

test("AnswerTimeline keeps a bounded number of gaps, and loses no long one", () => {
  const timeline = new AnswerTimeline();
  timeline.note(BEGUN);
  timeline.note(start(2, 1000, 1));
  let at = 1000;
  for (let seq = 3; seq < 20_003; seq++) {
    at += seq % 5000 === 0 ? 700 : 10;
    timeline.note(text(seq, at));
  }
  const { gaps, stride } = timeline.data();
  assert.ok(gaps.length <= 1024 && gaps.length > 400, String(gaps.length));
  assert.ok(stride >= 16);
  assert.equal(gaps.filter(({ gapMs }) => gapMs === 700).length, 4);
  assert.equal(gaps.at(-1)?.atMs, at - 1000);
});

test("AnswerTimeline goes on from another's data, and knows that a snapshot hides when the text came", () => {
  const whole = new AnswerTimeline();
  const events = [BEGUN, start(2, 1000, 1), text(3, 1100), text(4, 1200), text(5, 1250)];
  for (const event of events) whole.note(event);
  const first = new AnswerTimeline();
  for (const event of events.slice(0, 4)) first.note(event);
  const second = new AnswerTimeline(JSON.parse(JSON.stringify(first.data())));
  for (const event of events) second.note(event);
  assert.deepEqual(second.data(), whole.data());

  const late = new AnswerTimeline();
  late.note(BEGUN);
  late.note({
    type: "snapshot",
    seq: 4,
    at: 1200,
    text: "xx",
    reasoning: "",
    toolCalls: [],
    attempts: [],
    deltas: 2,
  });
  assert.equal(late.isComplete, false);
  late.note(text(5, 1250));
  assert.deepEqual(late.data().gaps, [{ atMs: 250, gapMs: 50 }]);
});
