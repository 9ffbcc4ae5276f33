import assert from "node:assert/strict";
import { test } from "node:test";
import type { Script } from "../providers/mod.ts";
import { ManualClock } from "../resilience/mod.ts";
import { STOP, scripted, TIMEOUTS, text } from "./_world.ts";
import { type AttemptOptions, runAttempt } from "./attempt.ts";
import { EndedByEngine } from "./ended.ts";

/** A turn of the event loop: what is let go of without being waited for has gone then. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

/** An attempt on a provider that plays one script. */
function attemptOn(script: Script, options: Partial<AttemptOptions> = {}) {
  const provider = scripted("a", script);
  const clock = new ManualClock();
  const running = runAttempt({
    attempt: 1,
    target: { provider, model: "m" },
    why: "first",
    shape: { request: { messages: [{ role: "user", content: "Hi" }], parameters: {} }, mustVerify: false },
    deliveredCalls: [],
    timeouts: TIMEOUTS,
    clock,
    signal: new AbortController().signal,
    release: async () => {},
    ...options,
  });
  return { running, clock, call: () => provider.calls[0] };
}

test("runAttempt() lets go of its upstream when what it says cannot be written any more", async () => {
  const fenced = new Error("Another holder has the answer");
  const { running, clock, call } = attemptOn([text("a"), { hang: true }], {
    release: async () => {
      throw fenced;
    },
  });
  await assert.rejects(running, fenced);
  await turn();
  assert.equal(call()?.isReleased, true);
  assert.equal(clock.pending, 0);
});

test("runAttempt() leaves no timer and no upstream call behind, however it ends", async () => {
  const scripts: Script[] = [
    [text("a"), STOP],
    [text("a"), STOP, { hang: true }],
    [text("a"), { cut: true }],
    [{ fail: { code: "overloaded", action: "retry" } }],
    [text("a"), { fail: { code: "overloaded", action: "retry" } }],
  ];
  for (const script of scripts) {
    const { running, clock, call } = attemptOn(script);
    if (script.some((step) => "hang" in step)) {
      await clock.whenSet(2_000);
      clock.advance(2_000);
    }
    await running;
    await turn();
    assert.equal(clock.pending, 0, JSON.stringify(script));
    assert.equal(call()?.isReleased, true, JSON.stringify(script));
  }
});

test("runAttempt() leaves nothing behind when it is cancelled in the middle", async () => {
  const reader = new AbortController();
  const { running, clock, call } = attemptOn([text("a"), { hang: true }], {
    signal: reader.signal,
    release: async () => reader.abort(new EndedByEngine("cancelled")),
  });
  assert.equal((await running).outcome, "cancelled");
  await turn();
  assert.equal(clock.pending, 0);
  assert.equal(call()?.isReleased, true);
});

test("runAttempt() tells its observer the gaps between pieces of text, and how long each took to be durable", async () => {
  const gaps: number[] = [];
  const added: number[] = [];
  const clock = new ManualClock();
  const { running } = attemptOn([text("a"), { parts: [{ type: "alive" }] }, text("b"), text("c"), STOP], {
    clock,
    release: async (facts) => clock.advance(facts.length * 5),
    observer: {
      noteGap: ({ provider, model }, ms) => gaps.push(provider === "a" && model === "m" ? ms : -1),
      noteAddedLatency: (ms) => added.push(ms),
    },
  });
  assert.equal((await running).outcome, "completed");
  assert.deepEqual(gaps, [5, 5]);
  assert.deepEqual(added, [5, 5, 5]);
});

test("runAttempt() blames no upstream for the time that the journal takes", async () => {
  const clock = new ManualClock();
  const { running } = attemptOn([text("a"), text("b"), STOP], {
    clock,
    release: async () => {
      clock.advance(10 * TIMEOUTS.idleMs);
      await turn();
    },
  });
  const { outcome, failure } = await running;
  assert.deepEqual({ outcome, failure }, { outcome: "completed", failure: undefined });
  assert.equal(clock.pending, 0);
});
