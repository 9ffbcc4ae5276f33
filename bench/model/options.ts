import { parseArgs } from "node:util";
import { LIMITS, type Limits, WORKLOAD, type Workload } from "./workload.ts";

/** What is to be modelled, and from what. */
export interface ModelOptions {
  workload: Workload;
  limits: Limits;
  /** The bench's JSON. */
  from: string;
  seed: number;
  /** Whether the tables go into the page. */
  isWritten: boolean;
}

export const HELP = `Usage: npm run model -- [options]

  --streams N               answers that run at the same time, ${WORKLOAD.streams} unless told otherwise
  --rate N                  tokens a second of each, ${WORKLOAD.tokensPerSecond}
  --tokens N                tokens of an answer, ${WORKLOAD.tokensPerAnswer}
  --elsewhere N             share of the readers on another server than the carrier, 0 to 1; (servers - 1) / servers
  --signals N               signals to all servers of an answer, ${WORKLOAD.signalsPerAnswer}
  --usable N                share of a core that may be used over long, ${LIMITS.usableShare}
  --memory N                MiB of a server, ${LIMITS.replicaMib}
  --files N                 open files of a server, ${LIMITS.replicaFiles}
  --answers N               COGNIFORGE_MAX_ANSWERS of a server, ${LIMITS.replicaAnswers}
  --redis-memory N          GiB of a Redis node for data, ${LIMITS.redisGib}
  --redis-network N         MB/s of a Redis node, each way, ${LIMITS.redisMegabytesPerSecond}
  --postgres-cores N        ${LIMITS.postgresCores}
  --postgres-connections N  ${LIMITS.postgresConnections}
  --postgres-wal N          MB/s of write-ahead log, ${LIMITS.postgresWalMegabytesPerSecond}
  --from FILE               the bench's JSON, docs/scaling.json
  --seed N                  of the chance in the plays, 1
  --write                   puts the tables into docs/scaling.md
`;

const TEXTS = [
  "streams",
  "rate",
  "tokens",
  "elsewhere",
  "signals",
  "usable",
  "memory",
  "files",
  "answers",
  "redis-memory",
  "redis-network",
  "postgres-cores",
  "postgres-connections",
  "postgres-wal",
  "from",
  "seed",
] as const;

type Name = (typeof TEXTS)[number];

/** Streams at most: what a thousand times as many would need is no question that this model answers. */
const MOST_STREAMS = 10_000_000;

/**
 * @throws {TypeError} If an option is unknown or its value is no number.
 * @throws {RangeError} If a number is out of its range.
 */
export function readOptions(args: readonly string[]): ModelOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...(Object.fromEntries(TEXTS.map((name) => [name, { type: "string" }])) as Record<Name, { type: "string" }>),
      write: { type: "boolean", default: false },
    },
  });
  const amount = (name: Name, otherwise: number, bounds: Bounds = {}) =>
    amountOf(name, values[name], otherwise, bounds);
  const whole = { isWhole: true, min: 1 };
  const positive = { isPositive: true };
  return {
    workload: {
      streams: amount("streams", WORKLOAD.streams, { ...whole, max: MOST_STREAMS }),
      tokensPerSecond: amount("rate", WORKLOAD.tokensPerSecond, positive),
      tokensPerAnswer: amount("tokens", WORKLOAD.tokensPerAnswer, whole),
      elsewhere: values.elsewhere === undefined ? undefined : amount("elsewhere", 0, { max: 1 }),
      signalsPerAnswer: amount("signals", WORKLOAD.signalsPerAnswer),
    },
    limits: {
      usableShare: amount("usable", LIMITS.usableShare, { ...positive, max: 1 }),
      replicaMib: amount("memory", LIMITS.replicaMib, positive),
      replicaFiles: amount("files", LIMITS.replicaFiles, whole),
      replicaAnswers: amount("answers", LIMITS.replicaAnswers, whole),
      redisGib: amount("redis-memory", LIMITS.redisGib, positive),
      redisMegabytesPerSecond: amount("redis-network", LIMITS.redisMegabytesPerSecond, positive),
      postgresCores: amount("postgres-cores", LIMITS.postgresCores, positive),
      postgresConnections: amount("postgres-connections", LIMITS.postgresConnections, whole),
      postgresWalMegabytesPerSecond: amount("postgres-wal", LIMITS.postgresWalMegabytesPerSecond, positive),
    },
    from: values.from ?? "docs/scaling.json",
    seed: amount("seed", 1, { isWhole: true }),
    isWritten: values.write,
  };
}

interface Bounds {
  min?: number;
  max?: number;
  isPositive?: boolean;
  isWhole?: boolean;
}

function amountOf(name: Name, value: string | undefined, otherwise: number, bounds: Bounds): number {
  if (value === undefined) return otherwise;
  const { min = 0, max = Number.MAX_SAFE_INTEGER, isPositive = false, isWhole = false } = bounds;
  const amount = Number(value);
  if (value.trim() === "" || !Number.isFinite(amount))
    throw new TypeError(`--${name} takes a number: '${value}' is none`);
  if (isWhole && !Number.isInteger(amount)) throw new RangeError(`--${name} takes a whole number: ${value} is none`);
  if (isPositive && amount <= 0) throw new RangeError(`--${name} must be above 0: current value is ${value}`);
  if (amount < min || amount > max) {
    throw new RangeError(`--${name} must be from ${min} to ${max}: current value is ${value}`);
  }
  return amount;
}
