import { costOfAnswer, costOfToken } from "./costs.ts";
import { type Inputs, SHORT_TOKENS } from "./inputs.ts";
import { type Model, type Setup, shareElsewhere } from "./model.ts";
import { redisDemand } from "./redis_demand.ts";
import { answersPerSecond } from "./workload.ts";

/** Whose resource it is: of each replica, of each Redis node, or of what there is only once however much is bought. */
export type Owner = "replica" | "redis-node" | "shared";

/** How much of one resource a set-up uses, in the unit of its limit. Above the limit it breaks. */
export interface Load {
  resource: string;
  owner: Owner;
  used: number;
  limit: number;
}

/** Files of a stream: the reader's connection and the provider's. */
const FILES_PER_STREAM = 2;
/** Connections of a replica to PostgreSQL: see `docs/scaling.md`. */
export const CONNECTIONS_PER_REPLICA = 11;

/**
 * The load of each resource of a set-up.
 *
 * @throws {RangeError} If a replica has no memory beyond what an idle one takes.
 */
export function loadsOf(model: Model, setup: Setup): Load[] {
  return [...replicaLoads(model, setup.replicas), ...redisLoads(model, setup), ...postgresLoads(model, setup.replicas)];
}

/** Of one server over one file, which needs neither Redis nor PostgreSQL. */
export function aloneLoads({ inputs, workload, limits }: Model): Load[] {
  const alone = { ...inputs, shared: inputs.alone, readerCpuUsPerToken: 0 };
  return replicaLoads({ inputs: alone, workload: { ...workload, elsewhere: 0 }, limits }, 1);
}

/** CPU of all replicas together, in cores. */
export function replicaCores({ inputs, workload }: Model, replicas: number): number {
  const { streams, tokensPerSecond, tokensPerAnswer } = workload;
  const { cpuUsPerToken, cpuMsPerShortAnswer } = inputs.shared;
  const carrying = costOfToken(cpuUsPerToken, cpuMsPerShortAnswer * 1000, tokensPerAnswer);
  const delivering = shareElsewhere(workload, replicas) * inputs.readerCpuUsPerToken;
  return (streams * tokensPerSecond * (carrying + delivering)) / 1e6;
}

function replicaLoads(model: Model, replicas: number): Load[] {
  const { inputs, workload, limits } = model;
  const { kibPerStream, idleMib } = inputs.shared;
  const room = limits.replicaMib - idleMib;
  if (room <= 0) {
    throw new RangeError(
      `Cannot model replicas of ${limits.replicaMib} MiB as an idle one takes ${idleMib.toFixed(0)} MiB`,
    );
  }
  // At most: what is read elsewhere counts as a whole stream on both replicas.
  const memory = (workload.streams * (1 + shareElsewhere(workload, replicas)) * kibPerStream) / 1024;
  const each = (resource: string, total: number, limit: number): Load => ({
    resource,
    owner: "replica",
    used: total / replicas,
    limit,
  });
  return [
    each("a server's processor", replicaCores(model, replicas), limits.usableShare),
    each("a server's memory", memory, room),
    each("a server's open files", workload.streams * FILES_PER_STREAM, limits.replicaFiles),
    each("a server's COGNIFORGE_MAX_ANSWERS", workload.streams, limits.replicaAnswers),
  ];
}

function redisLoads(model: Model, { replicas, redisNodes }: Setup): Load[] {
  const { limits } = model;
  const demand = redisDemand(model, replicas);
  const each = (resource: string, total: number, limit: number): Load => ({
    resource,
    owner: "redis-node",
    used: total / redisNodes,
    limit,
  });
  const once = (resource: string, used: number): Load => ({
    resource,
    owner: "shared",
    used,
    limit: limits.usableShare,
  });
  const network = Math.max(demand.inMegabytesPerSecond, demand.outMegabytesPerSecond);
  return [
    each("a Redis node's processor", demand.cores, limits.usableShare),
    each("a Redis node's memory", demand.memoryGib, limits.redisGib),
    each("a Redis node's network", network, limits.redisMegabytesPerSecond),
    once("the index of running answers, one key of Redis", demand.indexCores),
    once("the signals to all servers, one channel of Redis", demand.signalCores),
  ];
}

function postgresLoads({ inputs, workload, limits }: Model, replicas: number): Load[] {
  const { cores, walMegabytesPerSecond } = postgresDemand({ inputs, workload });
  const once = (resource: string, used: number, limit: number): Load => ({ resource, owner: "shared", used, limit });
  return [
    once("PostgreSQL's processor", cores, limits.postgresCores * limits.usableShare),
    once("PostgreSQL's connections", CONNECTIONS_PER_REPLICA * replicas, limits.postgresConnections),
    once("PostgreSQL's write-ahead log", walMegabytesPerSecond, limits.postgresWalMegabytesPerSecond),
  ];
}

/** What PostgreSQL has to do each second. */
export interface PostgresDemand {
  answersPerSecond: number;
  rowsPerSecond: number;
  walMegabytesPerSecond: number;
  cores: number;
}

export function postgresDemand({ inputs, workload }: Pick<Model, "inputs" | "workload">): PostgresDemand {
  const { short, live } = inputs.postgres;
  const answers = answersPerSecond(workload);
  const each = (figure: keyof typeof short) => costOfAnswer(short[figure], live[figure], workload.tokensPerAnswer);
  return {
    answersPerSecond: answers,
    rowsPerSecond: answers * each("rowsPerAnswer"),
    walMegabytesPerSecond: (answers * each("walKibPerAnswer") * 1024) / 1e6,
    cores: (answers * each("cpuMsPerAnswer")) / 1000,
  };
}

/** CPU of Redis for an answer that begins and ends at once, in core-seconds. */
export function redisCoresPerShortAnswer({ redis }: Inputs): number {
  return (redis.short.cpuUsPerToken * SHORT_TOKENS) / 1e6;
}
