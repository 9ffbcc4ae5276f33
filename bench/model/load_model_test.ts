import assert from "node:assert/strict";
import { test } from "node:test";
import { SYNTHETIC_RECORDS } from "./_synthetic_report.ts";
import { breakingsOf, exhaustionOf } from "./breaking_points.ts";
import { costOfAnswer, costOfToken } from "./costs.ts";
import { readInputs } from "./inputs.ts";
import { loadsOf, postgresDemand } from "./load_model.ts";
import { type Model, withStreams } from "./model.ts";
import { redisDemand } from "./redis_demand.ts";
import { mostInOneInstallation, mostStreams, sizeOf } from "./size.ts";
import { LIMITS, type Limits, WORKLOAD, type Workload } from "./workload.ts";

const model = (workload: Partial<Workload> = {}, limits: Partial<Limits> = {}): Model => ({
  inputs: readInputs(SYNTHETIC_RECORDS),
  workload: { ...WORKLOAD, streams: 1_000, ...workload },
  limits: { ...LIMITS, ...limits },
});
const near = (actual: number | undefined, wanted: number) =>
  assert.ok(actual !== undefined && Math.abs(actual - wanted) <= 1e-6 * wanted, `${actual} must be ${wanted}`);

test("costOfToken() adds to shorter answers what each costs once, and takes nothing off longer ones", () => {
  near(costOfToken(300, 4_000, 100), 300);
  near(costOfToken(300, 4_000, 50), 340);
  near(costOfToken(300, 4_000, 500), 300);
});

test("costOfAnswer() goes through both measured lengths and never falls", () => {
  assert.deepEqual(
    [20, 100, 500].map((tokens) => costOfAnswer(10, 18, tokens)),
    [10, 18, 58],
  );
  assert.equal(costOfAnswer(10, 9, 500), 10);
  assert.equal(costOfAnswer(1, 81, 1), 0);
});

test("sizeOf() solves the replicas together with the readers that they put elsewhere", () => {
  // At 3: 5,000 × (300 + 2/3 × 100) µs = 1.83 cores, 0.61 each. At 4: 1.875 cores, 0.47 each.
  assert.equal(sizeOf(model()).replicas, 4);
  assert.equal(sizeOf(model({ elsewhere: 0 })).replicas, 3);
  assert.equal(sizeOf(model()).bindingOfReplicas, "a server's processor");
});

test("sizeOf() finds whichever resource decides: memory, open files, answers", () => {
  const binding = (limits: Partial<Limits>) => {
    const { replicas, bindingOfReplicas } = sizeOf(model({ elsewhere: 0 }, limits));
    return [replicas, bindingOfReplicas];
  };
  // 1,000 × 256 KiB in 25 MiB beside the 100 MiB of an idle one.
  assert.deepEqual(binding({ replicaMib: 125 }), [10, "a server's memory"]);
  assert.deepEqual(binding({ replicaFiles: 100 }), [20, "a server's open files"]);
  assert.deepEqual(binding({ replicaAnswers: 100 }), [10, "a server's COGNIFORGE_MAX_ANSWERS"]);
  assert.throws(() => sizeOf(model({}, { replicaMib: 100 })), RangeError);
});

test("redisDemand() counts tokens, renewals, the index, and what an answer holds", () => {
  const demand = redisDemand(model({ elsewhere: 0, signalsPerAnswer: 0 }), 1);
  const index = 400 * 3 + 10 * 4 + 3 / 5;
  near(demand.commandsPerSecond, 25_000 + 400 * 4 + index);
  near(demand.cores, 0.25 + (400 * 4 + index) * 10e-6);
  near(demand.indexCores, index * 10e-6);
  assert.deepEqual([demand.inMegabytesPerSecond, demand.outMegabytesPerSecond], [2, 0.5]);
  // Running: 50 KiB on average. Ended: 10 a second for a minute, 100 KiB each.
  near(demand.memoryGib, (1_000 * 50 + 600 * 100) / 1024 ** 2);
});

test("redisDemand() tells each token once more where its reader is elsewhere, and each signal to every replica", () => {
  const here = redisDemand(model({ elsewhere: 0, signalsPerAnswer: 0 }), 7);
  const away = redisDemand(model({ elsewhere: 1, signalsPerAnswer: 0 }), 7);
  near(away.cores - here.cores, (5_000 + 400) * 10e-6);
  near(away.outMegabytesPerSecond - here.outMegabytesPerSecond, 2);
  near(redisDemand(model({ signalsPerAnswer: 2 }), 7).signalCores, 10 * 2 * 8 * 10e-6);
});

test("sizeOf() spreads Redis over as many masters as its work needs", () => {
  const many = sizeOf(model({ streams: 10_000 }));
  const share = 33 / 34;
  const index = 4_000 * 3 + 100 * 4 + 34 * (3 / 5);
  const beside = 4_000 * 4 + index + 10_000 * share * (2 / 5) + 50_000 * share + 100 * 35;
  near(redisDemand(model({ streams: 10_000 }), 34).cores, 2.5 + beside * 10e-6);
  assert.deepEqual([many.replicas, many.redisNodes, many.bindingOfRedis], [34, 6, "a Redis node's processor"]);
  assert.equal(sizeOf(model({}, { redisGib: 0.01 })).bindingOfRedis, "a Redis node's memory");
});

test("postgresDemand() follows the answers that end and their length", () => {
  const demand = postgresDemand(model());
  near(demand.answersPerSecond, 10);
  near(demand.rowsPerSecond, 100);
  near(demand.walMegabytesPerSecond, (10 * 58 * 1024) / 1e6);
  near(demand.cores, 0.02);
  assert.equal(sizeOf(model({ streams: 1_000_000 })).postgresCores, 34);
});

test("mostInOneInstallation() ends at what there is only once, and at the next one when that is raised", () => {
  const first = mostInOneInstallation(model());
  assert.equal(first.breaksFirst, "PostgreSQL's connections");
  const { replicas, broken } = sizeOf(withStreams(model(), first.streams));
  assert.deepEqual([replicas, broken], [90, []]);
  assert.equal(sizeOf(withStreams(model(), first.streams + 1)).replicas, 91);

  const second = mostInOneInstallation(model({ signalsPerAnswer: 0 }, { postgresConnections: 100_000 }));
  assert.equal(second.breaksFirst, "the index of running answers, one key of Redis");
  assert.ok(second.streams > first.streams);
});

test("breakingsOf() says of each set-up how far it goes and what ends it", () => {
  const [alone, pair, clustered] = breakingsOf(
    model(),
    [500, 1_200],
    [
      { title: "alone", setup: undefined },
      { title: "pair", setup: { replicas: 2, redisNodes: 1 } },
      { title: "clustered", setup: { replicas: 100, redisNodes: 1 } },
    ],
  );
  assert.deepEqual([alone?.streams, alone?.breaksFirst], [600, "a server's processor"]);
  assert.deepEqual(alone?.worst, [
    { resource: "a server's processor", factor: 500 / 600 },
    { resource: "a server's processor", factor: 2 },
  ]);
  // 1.2 cores for 5 × (300 + 100 / 2) µs.
  assert.deepEqual([pair?.streams, pair?.breaksFirst], [685, "a server's processor"]);
  assert.deepEqual([clustered?.streams, clustered?.breaksFirst], [0, "PostgreSQL's connections"]);
});

test("exhaustionOf() looks at each resource as if there were enough of all others", () => {
  const streams = new Map(exhaustionOf(model()).map((one) => [one.resource, one.streams]));
  assert.equal(streams.get("a server's processor"), 400);
  assert.equal(streams.get("a server's open files"), 10_000);
  assert.equal(streams.get("PostgreSQL's processor"), 480_000);
  assert.equal(streams.size, loadsOf(model(), { replicas: 1, redisNodes: 1 }).length);
});

test("mostStreams() finds the last count for which a condition holds", () => {
  assert.deepEqual(
    [0, 1, 12_345, 999_999_999].map((last) => mostStreams((streams) => streams <= last)),
    [0, 1, 12_345, 999_999_999],
  );
});
