import type { Script } from "@cogniforge/core/providers";
import { ScriptedProvider } from "@cogniforge/core/providers";
import { ManualClock } from "@cogniforge/core/resilience";
import { expect, test } from "vitest";
import { CALL_LIMITS, callOnce } from "./single_call.ts";

function play(script: Script) {
  const clock = new ManualClock();
  const provider = new ScriptedProvider({ name: "p", attempts: [script] });
  const leave = new AbortController();
  const answering = Promise.withResolvers<void>();
  const options = { clock, signal: leave.signal, onAnswering: () => answering.resolve() };
  return { clock, provider, leave, answering: answering.promise, report: callOnce({ provider, model: "m" }, options) };
}

test("callOnce() gives a target that says nothing up, and leaves no timer", async () => {
  const { clock, provider, report } = play([{ hang: true }]);
  clock.advance(CALL_LIMITS.firstTokenMs);
  expect((await report).failure).toEqual({ code: "first-token-timeout", action: "fallback" });
  expect(clock.pending).toBe(0);
  expect(provider.calls[0]).toMatchObject({ isAborted: true });
});

test("callOnce() takes a target that thinks for one that works, and does not wait for its end", async () => {
  const { clock, answering, report } = play([{ parts: [{ type: "reasoning", text: "Hm" }] }, { hang: true }]);
  await answering;
  clock.advance(CALL_LIMITS.totalMs);
  const told = await report;
  expect(told).toMatchObject({ text: "", totalMs: CALL_LIMITS.totalMs });
  expect(told).not.toHaveProperty("failure");
  expect(told).not.toHaveProperty("firstTokenMs");
});

test("callOnce() stops when whoever asked leaves", async () => {
  const { leave, report } = play([{ hang: true }]);
  leave.abort();
  expect((await report).failure?.code).toBe("cancelled");
});
