import type { JournalEvent } from "@cogniforge/core/events";
import { expect, test } from "vitest";
import { seededRandom } from "../../../../packages/core/testing/seeded_random.ts";
import { randomAnswer } from "./_random_answer.ts";
import { compactEvents, expandEvents } from "./delta_runs.ts";

const text = (seq: number, offset: number, said: string, more: object = {}): JournalEvent => ({
  seq,
  at: 1000 + seq * 10,
  type: "text-delta",
  attempt: 1,
  offset,
  text: said,
  ...more,
});

test("compactEvents() keeps a run's text once, with where it was cut and when each piece came", () => {
  const events = [text(3, 0, "one "), text(4, 4, "two ", { modelReported: "m" }), text(5, 8, "👩‍🚀")];
  expect(compactEvents(events)).toEqual([
    {
      run: "text-delta",
      seq: 3,
      attempt: 1,
      at: 1030,
      offset: 0,
      text: "one two 👩‍🚀",
      lengths: [4, 4, 5],
      gaps: [10, 10],
      extras: { 1: { modelReported: "m" } },
    },
  ]);
});

test("compactEvents() draws together nothing that does not go on, and nothing that it does not know", () => {
  const apart: JournalEvent[][] = [
    [text(3, 0, "a"), text(5, 1, "b")],
    [text(3, 0, "a"), text(4, 0, "b")],
    [text(3, 0, "a"), text(4, 1, "b", { attempt: 2 })],
    [text(3, 0, "a"), text(4, 1, "b", { isRefusal: true })],
    [text(3, 0, "a"), text(4, 1, "b", { ofTheFuture: 1 })],
    [text(3, 0, "a", { at: 1e16 }), text(4, 1, "b", { at: 0.1 })],
    [text(3, 0, "a"), { seq: 4, at: 1, type: "reasoning-delta", attempt: 1, text: "b" }],
  ];
  for (const events of apart) expect(compactEvents(events)).toEqual(events);
});

test("expandEvents() gives back every event as it was, after any sequence, however often they were drawn together", () => {
  for (let seed = 1; seed <= 30; seed++) {
    const events = randomAnswer(`answer-${seed}`, seededRandom(seed));
    const once = compactEvents(events);
    const twice = compactEvents([...expandEvents(JSON.parse(JSON.stringify(once)), 0)]);
    expect(twice).toEqual(once);
    for (let after = 0; after <= events.length; after += 1 + (seed % 5)) {
      expect([...expandEvents(once, after)], `seed ${seed} after ${after}`).toEqual(events.slice(after));
    }
  }
});
