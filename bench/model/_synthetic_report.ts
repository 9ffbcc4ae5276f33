import type { BenchRecord } from "../measure/record.ts";
import { nameOf } from "../scenarios/replicas.ts";

/** SYNTHETIC: round numbers made up for tests, in the shape of the bench's records. Nothing of it was measured. */
export const SYNTHETIC_RECORDS: readonly BenchRecord[] = [
  record("live", "cogniforge", { cpuUsPerToken: 200 }),
  record("short", "cogniforge", { cpuMsPerAnswer: 2 }),
  record("open-1000", "cogniforge", { peakKibPerStream: 200, idleMb: 100 }),
  record("live", "cogniforge-shared", {
    cpuUsPerToken: 300,
    redisCpuUsPerToken: 50,
    redisCommandsPerToken: 5,
    redisInBytesPerToken: 400,
    redisOutBytesPerToken: 100,
    redisKibPerAnswer: 20,
    postgresCpuMsPerAnswer: 2,
    postgresRowsPerAnswer: 10,
    postgresWalKibPerAnswer: 18,
  }),
  record("short", "cogniforge-shared", {
    cpuMsPerAnswer: 4,
    redisCpuUsPerToken: 20,
    redisCommandsPerToken: 3,
    redisInBytesPerToken: 200,
    redisOutBytesPerToken: 50,
    redisKibPerAnswer: 4,
    postgresCpuMsPerAnswer: 2,
    postgresRowsPerAnswer: 10,
    postgresWalKibPerAnswer: 10,
  }),
  record("open-1000", "cogniforge-shared", { peakKibPerStream: 256, idleMb: 100 }),
  record("replicas", nameOf(5, "where they are carried"), { latencyP50Ms: 3, latencyP99Ms: 20 }),
  record("replicas", nameOf(5, "through another replica"), {
    latencyP50Ms: 4,
    latencyP99Ms: 30,
    readerCpuUsPerToken: 100,
  }),
];

function record(scenario: string, contender: string, figures: Record<string, number>): BenchRecord {
  return { scenario, contender, round: 1, figures, broken: {} };
}
