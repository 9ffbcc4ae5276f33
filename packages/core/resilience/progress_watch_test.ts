import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { ManualClock, ProgressWatch } from "./mod.ts";

const LIMIT_MS = 20_000;

function world(limitMs = LIMIT_MS) {
  const clock = new ManualClock();
  const world = { clock, silentAt: undefined as number | undefined, watch: undefined as unknown as ProgressWatch };
  world.watch = new ProgressWatch(clock, limitMs, () => {
    assert.equal(world.silentAt, undefined, "silence is told once");
    world.silentAt = clock.now();
  });
  return world;
}

/** Plays a stream that gives `chars` every `everyMs`, for ten minutes; returns when it was left. */
function drip(chars: number, everyMs: number): number | undefined {
  const drip = world();
  while (drip.silentAt === undefined && drip.clock.now() < 600_000) {
    drip.watch.note("progress", chars);
    drip.clock.advance(everyMs);
  }
  drip.watch.stop();
  return drip.silentAt;
}

describe("ProgressWatch", () => {
  test("calls back after the limit without any sign, and not before", () => {
    const quiet = world();
    quiet.clock.advance(LIMIT_MS - 1);
    assert.equal(quiet.silentAt, undefined);
    quiet.clock.advance(1);
    assert.equal(quiet.silentAt, LIMIT_MS);
    assert.equal(quiet.clock.pending, 0);
  });

  test("stands still while it is held, and goes on from there", () => {
    const held = world();
    held.clock.advance(5_000);
    held.watch.hold(held.clock.now());
    held.clock.advance(10 * LIMIT_MS);
    assert.equal(held.silentAt, undefined);
    held.watch.resume(held.clock.now());
    held.clock.advance(LIMIT_MS - 5_001);
    assert.equal(held.silentAt, undefined);
    held.clock.advance(1);
    assert.equal(held.silentAt, 11 * LIMIT_MS);
    assert.equal(held.clock.pending, 0);
  });

  test("lets what has come be read before it speaks of silence", () => {
    const timers: (() => void)[] = [];
    let now = 0;
    let silent = 0;
    const clock = {
      now: () => now,
      wallTime: () => now,
      setTimer(callback: () => void) {
        timers.push(callback);
        return () => {};
      },
    };
    const watch = new ProgressWatch(clock, 1_000, () => {
      silent += 1;
    });
    now = 5_000;
    timers.shift()?.();
    assert.equal(silent, 0);
    watch.note("progress");
    timers.shift()?.();
    assert.equal(silent, 0);
    now = 6_500;
    timers.shift()?.();
    timers.shift()?.();
    assert.equal(silent, 1);
    assert.equal(timers.length, 0);
  });

  test("begins the limit anew at progress that is not text", () => {
    const busy = world();
    busy.watch.note("progress", 1);
    for (let i = 0; i < 100; i++) {
      busy.clock.advance(LIMIT_MS - 1);
      busy.watch.note("progress");
    }
    assert.equal(busy.silentAt, undefined);
    busy.watch.stop();
    assert.equal(busy.clock.pending, 0);
  });

  test("is stretched by signs of life to three times its limit, no further", () => {
    const pinged = world();
    for (let i = 0; i < 100 && pinged.silentAt === undefined; i++) {
      pinged.clock.advance(1_000);
      pinged.watch.note("alive");
    }
    assert.equal(pinged.silentAt, 3 * LIMIT_MS);

    const died = world();
    died.clock.advance(15_000);
    died.watch.note("alive");
    died.clock.advance(60_000);
    assert.equal(died.silentAt, 15_000 + LIMIT_MS);
  });

  test("leaves a drip of less than half a character a second like a stall", () => {
    assert.equal(drip(1, 15_000), 22_000);
    assert.equal(drip(1, 4_000), 36_000);
    assert.equal(drip(1, 3_000), 54_000);
    assert.ok((drip(2, 5_000) ?? Number.POSITIVE_INFINITY) < 120_000);
  });

  test("never leaves a stream of half a character a second or more", () => {
    assert.equal(drip(1, 2_000), undefined);
    assert.equal(drip(4, 1_000), undefined);
    assert.equal(drip(10, 19_999), undefined);
  });

  test("gives the first text the whole limit, however late and short it is", () => {
    const late = world();
    late.clock.advance(19_000);
    late.watch.note("progress", 1);
    late.clock.advance(LIMIT_MS - 1);
    assert.equal(late.silentAt, undefined);
    late.clock.advance(1);
    assert.equal(late.silentAt, 39_000);
  });

  test("lets text earn no more than the limit", () => {
    const burst = world();
    burst.watch.note("progress", 1);
    burst.watch.note("progress", 1_000_000);
    burst.clock.advance(LIMIT_MS);
    assert.equal(burst.silentAt, LIMIT_MS);
  });

  test("takes another limit from now on, shorter or longer", () => {
    const shorter = world();
    shorter.clock.advance(1_000);
    shorter.watch.note("progress");
    shorter.watch.setLimit(2_000);
    shorter.clock.advance(10_000);
    assert.equal(shorter.silentAt, 3_000);

    const longer = world();
    longer.watch.setLimit(30_000);
    longer.clock.advance(60_000);
    assert.equal(longer.silentAt, 30_000);
  });

  test("holds one timer, and sets none for a sign", () => {
    const { clock, watch } = world();
    let timers = 0;
    const setTimer = clock.setTimer.bind(clock);
    clock.setTimer = (callback, ms) => {
      timers++;
      return setTimer(callback, ms);
    };
    for (let i = 0; i < 10_000; i++) {
      watch.note("progress", 4);
      watch.note("alive");
    }
    assert.equal(timers, 0);
    for (let i = 0; i < 1_000; i++) {
      clock.advance(20);
      watch.note("progress", 4);
      assert.equal(clock.pending, 1);
    }
    assert.ok(timers <= 2, `${timers} timers in one limit`);
    watch.stop();
  });

  test("agrees with a bucket that is emptied millisecond by millisecond", () => {
    const sign = fc.record({ gapMs: fc.nat(400), chars: fc.option(fc.nat(12), { nil: undefined }) });
    fc.assert(
      fc.property(fc.array(sign, { maxLength: 40 }), (signs) => {
        const limit = 300;
        const stream = world(limit);
        let level = limit;
        let hasText = false;
        let expected: number | undefined;
        let now = 0;
        for (const { gapMs, chars } of [...signs, { gapMs: 2 * limit, chars: undefined }]) {
          for (let ms = 0; ms < gapMs && expected === undefined; ms++) {
            now++;
            level--;
            if (level <= 0) expected = now;
          }
          stream.clock.advance(gapMs);
          if (expected !== undefined) break;
          if (chars === undefined || !hasText) level = limit;
          else level = Math.min(limit, level + (chars * limit) / 10);
          hasText ||= chars !== undefined;
          stream.watch.note("progress", chars);
        }
        assert.equal(stream.silentAt, expected);
        stream.watch.stop();
      }),
    );
  });
});
