import type { Inputs } from "./inputs.ts";
import type { Limits, Workload } from "./workload.ts";

/** What is measured, what is asked, and what is assumed. */
export interface Model {
  inputs: Inputs;
  workload: Workload;
  limits: Limits;
}

/** Servers over one PostgreSQL, and the masters of their Redis. */
export interface Setup {
  replicas: number;
  redisNodes: number;
}

/** What share of the readers is on another replica than the carrier. */
export function shareElsewhere({ elsewhere }: Workload, replicas: number): number {
  return elsewhere ?? (replicas - 1) / replicas;
}

/** The same for another number of streams. */
export function withStreams(model: Model, streams: number): Model {
  return { ...model, workload: { ...model.workload, streams } };
}
