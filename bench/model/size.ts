import { type Load, loadsOf, postgresDemand } from "./load_model.ts";
import { type Model, type Setup, withStreams } from "./model.ts";

/** The smallest set-up that carries a workload, as far as more servers and nodes help. */
export interface Size extends Setup {
  /** Replicas that each resource alone would need. */
  replicasFor: ReadonlyMap<string, number>;
  /** The resource that decides how many replicas there must be. */
  bindingOfReplicas: string;
  redisNodesFor: ReadonlyMap<string, number>;
  bindingOfRedis: string;
  /** Cores of PostgreSQL, of which only the usable share counts. */
  postgresCores: number;
  /** What is above its limit though all is there that can be bought. */
  broken: readonly Load[];
}

/** How many replicas and Redis nodes a workload needs, and what breaks all the same. */
export function sizeOf(model: Model): Size {
  const replicasFor = neededFor(model, "replica", (replicas) => ({ replicas, redisNodes: 1 }));
  const [bindingOfReplicas, replicas] = largest(replicasFor);
  const redisNodesFor = neededFor(model, "redis-node", (redisNodes) => ({ replicas, redisNodes }));
  const [bindingOfRedis, redisNodes] = largest(redisNodesFor);
  return {
    replicas,
    redisNodes,
    replicasFor,
    bindingOfReplicas,
    redisNodesFor,
    bindingOfRedis,
    postgresCores: Math.ceil(postgresDemand(model).cores / model.limits.usableShare),
    broken: loadsOf(model, { replicas, redisNodes }).filter(
      ({ owner, used, limit }) => owner === "shared" && used > limit,
    ),
  };
}

/** The most streams for which a condition holds, from 1 up to a thousand million; 0 if it never does. It must never hold again. */
export function mostStreams(holds: (streams: number) => boolean): number {
  let [most, tooMany] = [0, 1e9];
  while (tooMany - most > 1) {
    const middle = Math.floor((most + tooMany) / 2);
    if (holds(middle)) most = middle;
    else tooMany = middle;
  }
  return most;
}

/** How far one PostgreSQL goes with one Redis, or one Cluster. */
export interface Installation {
  streams: number;
  /** The resource that the next stream is too much for. */
  breaksFirst: string;
}

/** The most streams that one installation carries with whatever number of servers and nodes, and what ends it. */
export function mostInOneInstallation(model: Model): Installation {
  const brokenAt = (streams: number) => sizeOf(withStreams(model, streams)).broken;
  const streams = mostStreams((count) => brokenAt(count).length === 0);
  return { streams, breaksFirst: worst(brokenAt(streams + 1))?.resource ?? "nothing" };
}

/** The load that is the furthest above its limit, or the nearest to it. */
export function worst(loads: readonly Load[]): Load | undefined {
  return loads.toSorted((one, other) => other.used / other.limit - one.used / one.limit)[0];
}

/**
 * The number of owners that each resource needs. More replicas put more readers elsewhere, which makes more work: the number
 * grows until it carries what it makes itself, and the first one that does is the least.
 */
function neededFor(model: Model, owner: Load["owner"], setupOf: (count: number) => Setup): Map<string, number> {
  const loadsAt = (count: number) => loadsOf(model, setupOf(count)).filter((load) => load.owner === owner);
  const needed = loadsAt(1).map(({ resource }, index): [string, number] => {
    let count = 1;
    for (;;) {
      const load = loadsAt(count)[index];
      if (load === undefined || load.used <= load.limit * (1 + 1e-9)) return [resource, count];
      count = Math.max(count + 1, Math.ceil((count * load.used) / load.limit - 1e-9));
    }
  });
  return new Map(needed);
}

function largest(needed: ReadonlyMap<string, number>): [string, number] {
  return [...needed].toSorted(([, one], [, other]) => other - one)[0] ?? ["nothing", 1];
}
