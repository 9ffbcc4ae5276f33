import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ManualClock } from "./mod.ts";
import { SlidingCount } from "./sliding_count.ts";

const WINDOW_MS = 30_000;

test("SlidingCount holds all of nine tenths of the window, and nothing from before it", () => {
  const steps = fc.array(fc.tuple(fc.nat(12_000), fc.nat(3)), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (gaps) => {
      const clock = new ManualClock();
      const count = new SlidingCount(clock, WINDOW_MS);
      const noted: number[] = [];
      for (const [gap, times] of gaps) {
        clock.advance(gap);
        for (let i = 0; i < times; i++) {
          count.add();
          noted.push(clock.now());
        }
        const younger = (ms: number) => noted.filter((at) => clock.now() - at < ms).length;
        assert.ok(count.total >= younger(0.9 * WINDOW_MS), `forgot at ${clock.now()}`);
        assert.ok(count.total <= younger(WINDOW_MS), `kept at ${clock.now()}`);
      }
    }),
  );
});

test("SlidingCount forgets at once when it is cleared", () => {
  const count = new SlidingCount(new ManualClock(), WINDOW_MS);
  count.add();
  count.clear();
  assert.equal(count.total, 0);
  count.add();
  assert.equal(count.total, 1);
});

test("SlidingCount refuses a window without length", () => {
  assert.throws(() => new SlidingCount(new ManualClock(), 0), RangeError);
});
