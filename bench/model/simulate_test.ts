import assert from "node:assert/strict";
import { test } from "node:test";
import { SYNTHETIC_RECORDS } from "./_synthetic_report.ts";
import { Fleet } from "./fleet.ts";
import { fleetCosts } from "./fleet_costs.ts";
import { readInputs } from "./inputs.ts";
import { Random } from "./random.ts";
import { type Play, replicasThatCarry, simulate } from "./simulate.ts";
import { LIMITS, WORKLOAD } from "./workload.ts";

/** SYNTHETIC: made-up costs. A stream takes 2 ms of a core each second, so that 300 are a replica's usable share. */
const COSTS = {
  carrying: 0.0015,
  delivering: 0.0005,
  takingOver: 0.004,
  comingBack: 0.004,
  redis: { carrying: 0.0003, delivering: 0.0001, takingOver: 0.0004, comingBack: 0.0004 },
};
const play = (changes: Partial<Play> = {}): Play => ({
  replicas: 20,
  redisNodes: 2,
  streams: 3_000,
  answerSeconds: 100,
  elsewhere: 0.95,
  costs: COSTS,
  usableShare: 0.6,
  mishap: { kind: "crash", replicas: 1 },
  seed: 7,
  ...changes,
});

test("simulate() plays the same for the same seed, and otherwise for another", () => {
  assert.deepEqual(simulate(play()), simulate(play()));
  assert.notDeepEqual(simulate(play()), simulate(play({ seed: 8 })));
});

test("simulate() lets a half-loaded fleet carry the answers and readers of one that dies", () => {
  const { isCarried, takenOver, cameBack, behindSeconds, peakRedis } = simulate(play());
  assert.equal(isCarried, true);
  assert.equal(behindSeconds, 0);
  // A twentieth of all, give or take what chance does.
  for (const count of [takenOver, cameBack]) assert.ok(count > 100 && count < 200, String(count));
  assert.ok(peakRedis > (3_000 * 0.0004) / 2 / 0.6, String(peakRedis));
});

test("simulate() says no where the rest is above its usable share, though the whole was not", () => {
  const whole = { streams: 5_700, replicas: 20 };
  assert.ok(simulate(play({ ...whole, mishap: { kind: "crash", replicas: 1 } })).worstMinute > 0.95);
  const { isCarried, worstMinute } = simulate(play({ ...whole, mishap: { kind: "crash", replicas: 7 } }));
  assert.equal(isCarried, false);
  assert.ok(worstMinute > (5_700 / 300 / 13) * 0.9, String(worstMinute));
});

test("simulate() restarts all without losing an answer", () => {
  const { isCarried, takenOver, cameBack } = simulate(play({ mishap: { kind: "restart", atOnce: 2 } }));
  assert.equal(isCarried, true);
  // Of those that ran when the drain began, exp(-0.3) are left after it.
  assert.ok(takenOver > 1_700 && takenOver < 3_000, String(takenOver));
  assert.ok(cameBack > 1_700, String(cameBack));
});

test("simulate() refuses a play in which nobody is left, and answers that are shorter than its steps allow", () => {
  assert.throws(() => simulate(play({ answerSeconds: 9 })), /at least 10 of them: current value is 9/);
  assert.throws(() => simulate(play({ replicas: 1 })), RangeError);
  assert.throws(() => simulate(play({ mishap: { kind: "restart", atOnce: 20 } })), RangeError);
});

test("replicasThatCarry() adds what the rest needs", () => {
  const third = (replicas: number) =>
    play({ streams: 6_000, replicas, mishap: { kind: "crash", replicas: Math.floor(replicas / 3) } });
  const needed = replicasThatCarry(20, third);
  assert.ok(needed !== undefined && needed >= 29 && needed <= 34, String(needed));
  assert.equal(replicasThatCarry(40, third), 40);
  assert.equal(
    replicasThatCarry(20, (replicas) => play({ replicas, streams: 60_000 })),
    undefined,
  );
});

test("Fleet keeps every answer of those that die, whoever takes it", () => {
  // So long that none ends and none begins.
  const options = { ...play({ answerSeconds: 1e12 }), streams: 6_000 };
  const fleet = new Fleet(options, new Random(1));
  const before = fleet.step(0).mean * 20;
  for (const index of [0, 1, 2, 3, 4]) fleet.die(index, 10);
  for (let second = 1; second < 10; second++) fleet.step(second);
  assert.equal(fleet.takenOver, 0, "not before their leases end");
  for (let second = 10; second < 40; second++) fleet.step(second);
  assert.ok(fleet.takenOver > 1_400 && fleet.takenOver < 1_600, String(fleet.takenOver));
  const after = fleet.step(40).mean * 15;
  assert.ok(Math.abs(after / before - 1) < 0.01, `${after} of ${before}`);
});

test("Fleet takes no more over in a second than a core can", () => {
  const fleet = new Fleet({ ...play({ replicas: 2, streams: 4_000, answerSeconds: 1e12 }) }, new Random(1));
  fleet.die(0, 0);
  const taken = Array.from({ length: 12 }, (_, second) => {
    const before = fleet.takenOver;
    fleet.step(second);
    return fleet.takenOver - before;
  });
  assert.equal(Math.max(...taken), 250);
});

test("Fleet shares out what can't be shared evenly, to the last answer", () => {
  const costs = { ...COSTS, delivering: 0, takingOver: 0.001, comingBack: 0 };
  const fleet = new Fleet({ ...play({ streams: 137, answerSeconds: 1e12, costs }) }, new Random(3));
  const carried = (second: number, there: number) =>
    Math.round((fleet.step(second).mean * there * 0.6) / costs.carrying);
  const before = carried(0, 20);
  for (const index of [0, 1, 2]) fleet.die(index, 2);
  for (let second = 1; second < 10; second++) fleet.step(second);
  assert.ok(fleet.takenOver > 0);
  assert.equal(carried(10, 17), before);
});

test("Fleet does later what a core can't do now", () => {
  const busy = { replicas: 2, streams: 2_000, elsewhere: 0, answerSeconds: 1e12 };
  const fleet = new Fleet({ ...play(busy) }, new Random(1));
  const behind = Array.from({ length: 10 }, (_, second) => fleet.step(second).behindSeconds);
  // A thousand at 1.5 ms each are half a core too much.
  assert.ok((behind[0] ?? 0) > 0.3 && (behind[0] ?? 0) < 0.7, String(behind[0]));
  assert.ok(Math.abs((behind[9] ?? 0) / (behind[0] ?? 1) - 10) < 0.01, String(behind));
});

test("fleetCosts() splits what a stream costs between its carrier and its reader's replica", () => {
  const inputs = readInputs(SYNTHETIC_RECORDS);
  const model = { inputs, workload: { ...WORKLOAD, streams: 1_000, signalsPerAnswer: 0 }, limits: LIMITS };
  const { carrying, delivering, takingOver, redis } = fleetCosts(model, 4);
  assert.deepEqual(
    [carrying, takingOver].map((cost) => cost.toFixed(6)),
    ["0.001500", "0.004000"],
  );
  assert.equal(delivering.toFixed(6), "0.000500");
  assert.equal(redis.delivering.toFixed(6), "0.000054");
});

test("Random's counts have the mean and the variance that they should", () => {
  for (const mean of [0.5, 3, 29, 31, 400]) {
    const random = new Random(11);
    const counts = Array.from({ length: 4_000 }, () => random.poisson(mean));
    const average = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - average) ** 2, 0) / counts.length;
    assert.ok(Math.abs(average / mean - 1) < 0.05, `mean ${average} of ${mean}`);
    assert.ok(Math.abs(variance / mean - 1) < 0.1, `variance ${variance} of ${mean}`);
  }
  assert.equal(new Random(1).poisson(0), 0);
});
