import assert from "node:assert/strict";
import { test } from "node:test";
import type { BenchRecord } from "../measure/record.ts";
import { SYNTHETIC_RECORDS } from "./_synthetic_report.ts";
import { readInputs } from "./inputs.ts";

const changed = (scenario: string, figure: string, value: number | undefined): BenchRecord[] =>
  SYNTHETIC_RECORDS.map((record) => {
    if (record.scenario !== scenario || record.figures[figure] === undefined) return record;
    const { [figure]: _, ...figures } = record.figures;
    return { ...record, figures: value === undefined ? figures : { ...figures, [figure]: value } };
  });

test("readInputs() takes the median of the rounds, each figure from its own scenario and contender", () => {
  const rounds = [500, 100, 310].map(
    (cpuUsPerToken, index): BenchRecord => ({
      scenario: "live",
      contender: "cogniforge",
      round: index + 2,
      figures: { cpuUsPerToken },
      broken: {},
    }),
  );
  const inputs = readInputs([...SYNTHETIC_RECORDS, ...rounds]);
  assert.equal(inputs.alone.cpuUsPerToken, (200 + 310) / 2);
  assert.deepEqual(inputs.shared, { cpuUsPerToken: 300, cpuMsPerShortAnswer: 4, kibPerStream: 256, idleMib: 100 });
  assert.equal(inputs.readerCpuUsPerToken, 100);
  assert.deepEqual([inputs.redis.short.commandsPerToken, inputs.redis.live.commandsPerToken], [3, 5]);
  assert.deepEqual([inputs.postgres.short.walKibPerAnswer, inputs.postgres.live.walKibPerAnswer], [10, 18]);
  assert.deepEqual(inputs.latency, { carried: { p50Ms: 3, p99Ms: 20 }, elsewhere: { p50Ms: 4, p99Ms: 30 } });
});

test("readInputs() names every missing figure, its scenario, and the command that measures it", () => {
  const without = changed("live", "redisCpuUsPerToken", undefined).filter(({ scenario }) => scenario !== "replicas");
  assert.throws(
    () => readInputs(without),
    (error: Error) => {
      assert.ok(error instanceof TypeError);
      assert.match(error.message, /'redisCpuUsPerToken' of 'cogniforge-shared' in the scenario 'live' is missing/);
      assert.match(
        error.message,
        /'readerCpuUsPerToken' of '5 tokens a second, read through another replica' in the scenario 'replicas'/,
      );
      assert.match(error.message, /npm run bench -- --replicas/);
      assert.equal(error.message.match(/is missing/g)?.length, 6);
      return true;
    },
  );
});

test("readInputs() refuses what can be no measurement", () => {
  assert.throws(() => readInputs(changed("live", "redisInBytesPerToken", -1)), /is no amount: -1/);
  assert.throws(() => readInputs(changed("short", "redisKibPerAnswer", Number.NaN)), /is no amount: NaN/);
  assert.throws(() => readInputs(changed("live", "redisCommandsPerToken", 0)), /must be above 0/);
});
