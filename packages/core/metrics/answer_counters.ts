import type { AnswerState } from "../events/mod.ts";
import { percentile } from "./percentile.ts";

/** How long readers saw nothing new while answers were rescued, in milliseconds. */
export interface FreezeSummary {
  count: number;
  p50: number;
  p95: number;
  max: number;
}

/** What became of the answers since the counting began. */
export interface AnswerCounts {
  /** Accepted, or taken up from a dead holder. */
  started: number;
  /** Ended `completed`. */
  finished: number;
  /** Of the finished: those that went on after readers had text, on whichever target. */
  rescued: number;
  /** Of the finished: those that another attempt gave before readers had text. */
  fellBack: number;
  /** Ended `failed`. */
  incomplete: number;
  cancelled: number;
  /** Absent before the first rescue. */
  freezeMs: FreezeSummary | undefined;
}

/** Freezes that are kept for the percentiles: the latest ones. */
const KEPT_FREEZES = 1_000;

/** Counts answers, and measures what their rescues cost readers. */
export class AnswerCounters {
  #started = 0;
  #finished = 0;
  #rescued = 0;
  #fellBack = 0;
  #incomplete = 0;
  #cancelled = 0;
  readonly #freezes: number[] = [];

  noteStart(): void {
    this.#started++;
  }

  /** @param state Of an answer that has ended. */
  noteEnd({ end }: AnswerState): void {
    if (end === undefined) return;
    const seams = end.attempts.flatMap(({ seam }) => seam ?? []);
    for (const { freezeMs } of seams) if (freezeMs !== undefined) this.#freezes.push(freezeMs);
    if (this.#freezes.length > KEPT_FREEZES) this.#freezes.splice(0, this.#freezes.length - KEPT_FREEZES);
    if (end.outcome === "cancelled") this.#cancelled++;
    else if (end.outcome === "failed") this.#incomplete++;
    else {
      this.#finished++;
      if (seams.length > 0) this.#rescued++;
      else if (end.attempts.some(({ outcome }) => outcome === "failed")) this.#fellBack++;
    }
  }

  counts(): AnswerCounts {
    const sorted = this.#freezes.toSorted((a, b) => a - b);
    return {
      started: this.#started,
      finished: this.#finished,
      rescued: this.#rescued,
      fellBack: this.#fellBack,
      incomplete: this.#incomplete,
      cancelled: this.#cancelled,
      freezeMs:
        sorted.length === 0
          ? undefined
          : {
              count: sorted.length,
              p50: percentile(sorted, 50),
              p95: percentile(sorted, 95),
              max: percentile(sorted, 100),
            },
    };
  }
}
