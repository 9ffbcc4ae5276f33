import assert from "node:assert/strict";
import { test } from "node:test";
import { type Clock, ManualClock } from "../resilience/mod.ts";
import { LeaseRounds } from "./lease_rounds.ts";

const TTL_MS = 6_000;

function rounds(count: number, clock: ManualClock | Clock = new ManualClock()) {
  const renewed: number[] = [];
  const leases = new LeaseRounds<number>({ clock, ttlMs: TTL_MS, renew: async (held) => void renewed.push(held) });
  for (let held = 0; held < count; held++) leases.add(held);
  return { leases, renewed };
}

test("LeaseRounds renews leases that began together before half of their lifetime is over, never many at once, and seldom", () => {
  const clock = new ManualClock();
  const { renewed } = rounds(100, clock);
  let most = 0;
  const advance = (untilMs: number) => {
    while (clock.now() < untilMs) {
      const before = renewed.length;
      clock.advance(TTL_MS / 60);
      most = Math.max(most, renewed.length - before);
    }
  };
  const begun = clock.now();
  advance(begun + TTL_MS / 2 - TTL_MS / 60);
  assert.equal(new Set(renewed).size, 100);
  assert.equal(renewed.length, 100);
  advance(begun + 10 * TTL_MS);
  assert.ok(most <= 10, `${most} at once`);
  assert.ok(renewed.length <= 100 * 10 * 4, `${renewed.length} renewals`);
  for (let held = 0; held < 100; held++) assert.ok(renewed.filter((one) => one === held).length >= 20);
});

test("LeaseRounds renews a single lease as seldom as one of many, and has no timer once nothing is held", () => {
  const clock = new ManualClock();
  const { leases, renewed } = rounds(1, clock);
  clock.advance(TTL_MS);
  assert.ok(renewed.length >= 2 && renewed.length <= 4, `${renewed.length} renewals`);
  leases.drop(0);
  clock.advance(TTL_MS);
  assert.equal(clock.pending, 0);
});

test("LeaseRounds catches up with all at once after the process was held up, and not before", async () => {
  let now = 0;
  const clock: Clock = { now: () => now, wallTime: () => now, setTimer: () => () => {} };
  const { leases, renewed } = rounds(100, clock);
  now = TTL_MS / 3;
  await leases.catchUp();
  assert.deepEqual(renewed, []);
  now = TTL_MS / 2;
  await leases.catchUp();
  assert.equal(new Set(renewed).size, 100);
});
