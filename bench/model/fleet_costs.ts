import type { FleetCosts } from "./fleet.ts";
import { redisCoresPerShortAnswer, replicaCores } from "./load_model.ts";
import type { Model } from "./model.ts";
import { redisDemand } from "./redis_demand.ts";

/**
 * What one stream and one recovery cost, for a play.
 *
 * An answer that is taken over costs what a short answer does: it is found, asked again of the provider, and goes on. So does a reader
 * who comes back: connection, sign-in and what there is. Both are assumed; what is read again is nothing beside it.
 */
export function fleetCosts(model: Model, replicas: number): FleetCosts {
  const { streams } = model.workload;
  const reading = (elsewhere: number): Model => ({ ...model, workload: { ...model.workload, elsewhere } });
  const carrying = replicaCores(reading(0), replicas) / streams;
  const redisCarrying = redisDemand(reading(0), replicas).cores / streams;
  const recovery = model.inputs.shared.cpuMsPerShortAnswer / 1000;
  const redisRecovery = redisCoresPerShortAnswer(model.inputs);
  return {
    carrying,
    delivering: replicaCores(reading(1), replicas) / streams - carrying,
    takingOver: recovery,
    comingBack: recovery,
    redis: {
      carrying: redisCarrying,
      delivering: redisDemand(reading(1), replicas).cores / streams - redisCarrying,
      takingOver: redisRecovery,
      comingBack: redisRecovery,
    },
  };
}
