import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { HedgeBudget, ManualClock } from "./mod.ts";

test("HedgeBudget allows one hedge however few the answers are, then a tenth of them", () => {
  const budget = new HedgeBudget(new ManualClock());
  assert.equal(budget.tryHedge(), true);
  assert.equal(budget.tryHedge(), false);
  for (let i = 0; i < 19; i++) budget.noteAnswer();
  assert.equal(budget.tryHedge(), false);
  budget.noteAnswer();
  assert.equal(budget.tryHedge(), true);
  assert.equal(budget.tryHedge(), false);
});

test("HedgeBudget forgets hedges and answers after its window", () => {
  const clock = new ManualClock();
  const budget = new HedgeBudget(clock);
  for (let i = 0; i < 40; i++) budget.noteAnswer();
  for (let i = 0; i < 4; i++) assert.equal(budget.tryHedge(), true);
  assert.equal(budget.tryHedge(), false);
  clock.advance(60_000);
  assert.equal(budget.tryHedge(), true);
  assert.equal(budget.tryHedge(), false, "the answers are forgotten too");
});

test("HedgeBudget refuses limits that are none", () => {
  for (const limits of [{ maxShare: -0.1 }, { maxShare: 1.1 }, { maxShare: 0.1, maxUsdPerHour: -1 }])
    assert.throws(() => new HedgeBudget(new ManualClock(), limits), RangeError);
});

test("HedgeBudget never allows more than its share of the window's answers, or one", () => {
  const step = fc.record({ isAnswer: fc.boolean(), ms: fc.nat(4_000) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const clock = new ManualClock();
      const budget = new HedgeBudget(clock, { maxShare: 0.25 });
      const [answers, hedges]: [number[], number[]] = [[], []];
      const within = (times: number[], ms: number) => times.filter((at) => clock.now() - at < ms).length;
      for (const { isAnswer, ms } of steps) {
        clock.advance(ms);
        if (isAnswer) {
          budget.noteAnswer();
          answers.push(clock.now());
        } else if (budget.tryHedge()) {
          hedges.push(clock.now());
          assert.ok(within(hedges, 54_000) <= Math.max(1, 0.25 * within(answers, 60_000)));
        }
      }
    }),
  );
});

test("HedgeBudget starts no more hedges once they have cost what they may within an hour", () => {
  const clock = new ManualClock();
  const budget = new HedgeBudget(clock, { maxShare: 1, maxUsdPerHour: 0.05 });
  for (let i = 0; i < 100; i++) budget.noteAnswer();
  for (const usd of [0.02, 0.02, 0.02]) {
    assert.equal(budget.tryHedge(), true);
    budget.noteSpend(usd);
  }
  assert.equal(budget.tryHedge(), false);
  budget.limit({ maxShare: 1, maxUsdPerHour: 0.1 });
  assert.equal(budget.tryHedge(), true, "other limits are heeded at once");
  budget.limit({ maxShare: 1, maxUsdPerHour: 0 });
  assert.equal(budget.tryHedge(), false, "no money, no hedge");
  budget.limit({ maxShare: 1, maxUsdPerHour: 0.05 });
  clock.advance(3_600_000);
  assert.equal(budget.tryHedge(), true, "an hour later");
});
