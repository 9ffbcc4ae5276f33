import { type BenchRecord, figureOf } from "../measure/record.ts";
import { nameOf } from "../scenarios/replicas.ts";

/** What a server costs, as measured. */
export interface ServerCosts {
  /** Of answers of 100 tokens that come one by one, 20 a second. */
  cpuUsPerToken: number;
  /** Of answers of 20 tokens that come at once. */
  cpuMsPerShortAnswer: number;
  kibPerStream: number;
  idleMib: number;
}

/** What Redis does for a token, and holds for an answer. */
export interface RedisCosts {
  cpuUsPerToken: number;
  commandsPerToken: number;
  inBytesPerToken: number;
  outBytesPerToken: number;
  kibPerAnswer: number;
}

/** What PostgreSQL does for an answer. */
export interface PostgresCosts {
  cpuMsPerAnswer: number;
  rowsPerAnswer: number;
  walKibPerAnswer: number;
}

/** An engine under answers of {@linkcode SHORT_TOKENS}, and of {@linkcode LIVE_TOKENS} that come one by one. */
export interface Measured<Costs> {
  short: Costs;
  live: Costs;
}

/** All that the model takes from the bench: medians over its rounds. */
export interface Inputs {
  /** One server over one file. */
  alone: ServerCosts;
  /** A server over PostgreSQL and Redis. */
  shared: ServerCosts;
  redis: Measured<RedisCosts>;
  postgres: Measured<PostgresCosts>;
  /** CPU of a replica that only delivers what another one carries. */
  readerCpuUsPerToken: number;
  /** From the provider to the reader, where the answer is carried and through another replica. */
  latency: { carried: Latency; elsewhere: Latency };
}

export interface Latency {
  p50Ms: number;
  p99Ms: number;
}

/** Tokens of an answer in the scenarios `short` and `live`: see `bench/wire/modes.ts`. */
export const SHORT_TOKENS = 20;
export const LIVE_TOKENS = 100;

export const MEASURE_COMMAND = "npm run bench -- --replicas";

/** Where a run that is not full leaves its figures. */
const LATEST = "npm run model -- --from bench/results/latest.json";

const [ALONE, SHARED] = ["cogniforge", "cogniforge-shared"];
const [CARRIED, ELSEWHERE] = [nameOf(5, "where they are carried"), nameOf(5, "through another replica")];

/**
 * Takes from a run's records what the model needs.
 *
 * @throws {TypeError} If figures are missing, or are none: the message names each, and the command that measures them.
 */
export function readInputs(records: readonly BenchRecord[]): Inputs {
  const faults: string[] = [];
  const take = (scenario: string, contender: string, figure: string, isAboveZero = false): number => {
    const value = figureOf(records, scenario, contender, figure)?.median;
    const wanted = `'${figure}' of '${contender}' in the scenario '${scenario}'`;
    if (value === undefined) faults.push(`${wanted} is missing`);
    else if (!Number.isFinite(value) || value < 0) faults.push(`${wanted} is no amount: ${value}`);
    else if (isAboveZero && value === 0) faults.push(`${wanted} must be above 0`);
    return value ?? 0;
  };
  const server = (contender: string): ServerCosts => ({
    cpuUsPerToken: take("live", contender, "cpuUsPerToken", true),
    cpuMsPerShortAnswer: take("short", contender, "cpuMsPerAnswer"),
    kibPerStream: take("open-1000", contender, "peakKibPerStream", true),
    idleMib: take("open-1000", contender, "idleMb"),
  });
  const redis = (scenario: string): RedisCosts => ({
    cpuUsPerToken: take(scenario, SHARED, "redisCpuUsPerToken"),
    commandsPerToken: take(scenario, SHARED, "redisCommandsPerToken", true),
    inBytesPerToken: take(scenario, SHARED, "redisInBytesPerToken"),
    outBytesPerToken: take(scenario, SHARED, "redisOutBytesPerToken"),
    kibPerAnswer: take(scenario, SHARED, "redisKibPerAnswer"),
  });
  const postgres = (scenario: string): PostgresCosts => ({
    cpuMsPerAnswer: take(scenario, SHARED, "postgresCpuMsPerAnswer"),
    rowsPerAnswer: take(scenario, SHARED, "postgresRowsPerAnswer"),
    walKibPerAnswer: take(scenario, SHARED, "postgresWalKibPerAnswer"),
  });
  const latency = (contender: string): Latency => ({
    p50Ms: take("replicas", contender, "latencyP50Ms"),
    p99Ms: take("replicas", contender, "latencyP99Ms"),
  });
  const inputs = {
    alone: server(ALONE),
    shared: server(SHARED),
    redis: { short: redis("short"), live: redis("live") },
    postgres: { short: postgres("short"), live: postgres("live") },
    readerCpuUsPerToken: take("replicas", ELSEWHERE, "readerCpuUsPerToken"),
    latency: { carried: latency(CARRIED), elsewhere: latency(ELSEWHERE) },
  };
  if (faults.length > 0) {
    throw new TypeError(
      `Cannot model the load as the report lacks figures:\n  ${faults.join("\n  ")}\nMeasure them with: ${MEASURE_COMMAND}\nThen: ${LATEST}`,
    );
  }
  return inputs;
}
