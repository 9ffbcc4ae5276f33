import type { AnswerState } from "@cogniforge/core/events";
import { percentile } from "@cogniforge/core/metrics";

/** How soon a target began to answer lately, in milliseconds. */
export interface FirstTokenSummary {
  p50: number;
  p95: number;
  /** Of how many attempts. */
  count: number;
}

/** The latest attempts tell how a target does now; older ones how it did. */
const KEPT = 100;
/** Callers may name any model. */
const MOST_TARGETS = 500;

/** When each target's latest attempts gave their first token; in memory, since the start. */
export class RecentTimings {
  readonly #byTarget = new Map<string, number[]>();

  /** Takes the attempts of an answer that has ended. */
  note({ attempts }: Pick<AnswerState, "attempts">): void {
    for (const { provider, model, timing } of attempts) {
      if (timing?.firstTokenMs === undefined) continue;
      const key = keyOf(provider, model);
      const kept = this.#byTarget.get(key) ?? [];
      // Behind the others again, so that what goes first is what was not asked for longest.
      this.#byTarget.delete(key);
      this.#byTarget.set(key, [...kept, timing.firstTokenMs].slice(-KEPT));
    }
    for (const key of this.#byTarget.keys()) {
      if (this.#byTarget.size <= MOST_TARGETS) return;
      this.#byTarget.delete(key);
    }
  }

  of(provider: string, model: string): FirstTokenSummary | undefined {
    const kept = this.#byTarget.get(keyOf(provider, model));
    if (kept === undefined) return undefined;
    const sorted = kept.toSorted((a, b) => a - b);
    return { p50: percentile(sorted, 50), p95: percentile(sorted, 95), count: sorted.length };
  }
}

function keyOf(provider: string, model: string): string {
  return JSON.stringify([provider, model]);
}
