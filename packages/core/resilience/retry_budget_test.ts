import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ManualClock, RetryBudget } from "./mod.ts";

function retriesUntilRefused(budget: RetryBudget): number {
  let retries = 0;
  while (budget.tryRetry()) retries++;
  return retries;
}

test("RetryBudget allows the floor at the beginning, then one retry for five answers", () => {
  const budget = new RetryBudget({ clock: new ManualClock() });
  assert.equal(retriesUntilRefused(budget), 10);
  for (let i = 0; i < 4; i++) budget.noteAnswer();
  assert.equal(budget.tryRetry(), false);
  budget.noteAnswer();
  assert.equal(retriesUntilRefused(budget), 1);
});

test("RetryBudget saves up no more than a hundred answers' worth", () => {
  const budget = new RetryBudget({ clock: new ManualClock() });
  for (let i = 0; i < 5_000; i++) budget.noteAnswer();
  assert.equal(retriesUntilRefused(budget), 20 + 10);
});

test("RetryBudget fills its floor within a minute, and no further", () => {
  const clock = new ManualClock();
  const budget = new RetryBudget({ clock });
  retriesUntilRefused(budget);
  clock.advance(6_000);
  assert.equal(retriesUntilRefused(budget), 1);
  clock.advance(3_600_000);
  assert.equal(retriesUntilRefused(budget), 10);
});

test("RetryBudget with no share and no floor allows nothing", () => {
  const budget = new RetryBudget({ clock: new ManualClock(), share: 0, floor: 0 });
  for (let i = 0; i < 100; i++) budget.noteAnswer();
  assert.equal(budget.tryRetry(), false);
  assert.throws(() => new RetryBudget({ share: 1.1 }), RangeError);
  assert.throws(() => new RetryBudget({ floor: -1 }), RangeError);
});

test("RetryBudget never allows more than its share of the answers and its floor", () => {
  const step = fc.record({ what: fc.constantFrom("answer", "retry", "time"), times: fc.nat(30) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const clock = new ManualClock();
      const budget = new RetryBudget({ clock });
      let [answers, retries] = [0, 0];
      for (const { what, times } of steps) {
        for (let i = 0; i < times; i++) {
          if (what === "time") clock.advance(1_000);
          else if (what === "answer") {
            budget.noteAnswer();
            answers++;
          } else if (budget.tryRetry()) retries++;
        }
        assert.ok(retries <= 0.2 * answers + 10 + clock.now() / 6_000 + 1e-6);
      }
    }),
  );
});
