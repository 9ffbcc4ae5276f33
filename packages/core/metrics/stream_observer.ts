import type { TargetName } from "../events/mod.ts";

/** Told of every piece of text on its way; called between a provider's byte and ours, so it only counts. */
export interface StreamObserver {
  /** Milliseconds since the piece before it. */
  noteGap(target: TargetName, ms: number): void;
  /** Milliseconds from the provider's piece to its durable event. */
  noteAddedLatency(ms: number): void;
}
