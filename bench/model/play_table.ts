import { table } from "../report/table.ts";
import { fleetCosts } from "./fleet_costs.ts";
import { type Model, shareElsewhere } from "./model.ts";
import { type Mishap, type Play, replicasThatCarry, simulate } from "./simulate.ts";
import { sizeOf } from "./size.ts";
import { answerSeconds } from "./workload.ts";

/** What happens to the smallest set-up when servers are away, and with how many it is carried. */
export function playTable(model: Model, seed: number): string {
  const size = sizeOf(model);
  // Of one alone nothing is left.
  const replicas = Math.max(2, size.replicas);
  const rows = MISHAPS.map(({ title, mishapOf }) => {
    const playOf = (count: number): Play => ({
      replicas: count,
      redisNodes: size.redisNodes,
      streams: model.workload.streams,
      answerSeconds: answerSeconds(model.workload),
      elsewhere: shareElsewhere(model.workload, count),
      costs: fleetCosts(model, count),
      usableShare: model.limits.usableShare,
      mishap: mishapOf(count),
      seed,
    });
    const outcome = simulate(playOf(replicas));
    const needed = replicasThatCarry(replicas, playOf);
    return [
      title,
      count(replicas),
      outcome.isCarried ? "yes" : "no",
      factor(outcome.peakReplica),
      factor(outcome.worstMinute),
      outcome.behindSeconds.toFixed(1),
      factor(outcome.peakRedis),
      count(outcome.takenOver),
      count(outcome.cameBack),
      needed === undefined ? `more than ${count(2 * replicas)}` : count(needed),
    ];
  });
  return table(HEADINGS, rows);
}

const HEADINGS = [
  "what happens",
  "servers",
  "carried",
  "peak of one, × usable",
  "worst minute of all, × usable",
  "most that one is behind, s",
  "peak of Redis, × usable",
  "answers taken over",
  "readers that come back",
  "servers with which it is carried",
];

const MISHAPS: readonly { title: string; mishapOf: (replicas: number) => Mishap }[] = [
  { title: "one dies", mishapOf: () => ({ kind: "crash", replicas: 1 }) },
  {
    title: "a third dies at once",
    mishapOf: (replicas) => ({ kind: "crash", replicas: Math.max(1, Math.floor(replicas / 3)) }),
  },
  {
    title: "all restart, a tenth at a time",
    mishapOf: (replicas) => ({ kind: "restart", atOnce: Math.max(1, Math.floor(replicas / 10)) }),
  },
];

function count(value: number): string {
  return value.toLocaleString("en");
}

function factor(value: number): string {
  return value.toFixed(2);
}
