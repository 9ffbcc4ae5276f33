import { ManualClock } from "@cogniforge/core/resilience";
import { expect, test } from "vitest";
import { Lifeline } from "./lifeline.ts";

function setUp() {
  const clock = new ManualClock();
  const calls: string[] = [];
  const lifeline = new Lifeline({
    clock,
    firstLifeMs: 4,
    silenceMs: 15,
    onFirstLife: () => calls.push("life"),
    onSilence: () => calls.push("silence"),
  });
  return { clock, calls, lifeline };
}

test("Lifeline expects the first sign of life sooner than the next", () => {
  const { clock, calls } = setUp();
  clock.advance(3);
  expect(calls).toEqual([]);
  clock.advance(1);
  expect(calls).toEqual(["silence"]);
});

test("Lifeline counts silence from the last sign of life", () => {
  const { clock, calls, lifeline } = setUp();
  for (let beat = 0; beat < 10; beat++) {
    lifeline.beat();
    clock.advance(14);
  }
  expect(calls).toEqual(["life"]);
  clock.advance(1);
  expect(calls).toEqual(["life", "silence"]);
});

test("Lifeline does not count the time in which the reader is busy", () => {
  const { clock, calls, lifeline } = setUp();
  lifeline.beat();
  lifeline.pause();
  clock.advance(1_000);
  lifeline.resume();
  clock.advance(14);
  expect(calls).toEqual(["life"]);
  clock.advance(1);
  expect(calls).toEqual(["life", "silence"]);
});

test("Lifeline waits as long as it is told, before and after the first sign of life", () => {
  const { clock, calls, lifeline } = setUp();
  lifeline.expectWithin(100);
  clock.advance(99);
  lifeline.beat();
  lifeline.expectWithin(100);
  clock.advance(99);
  expect(calls).toEqual(["life"]);
  clock.advance(1);
  expect(calls).toEqual(["life", "silence"]);
});

test("Lifeline leaves no timer behind", () => {
  const { clock, calls, lifeline } = setUp();
  lifeline.beat();
  lifeline.stop();
  expect(clock.pending).toBe(0);
  clock.advance(1_000);
  expect(calls).toEqual(["life"]);
});
