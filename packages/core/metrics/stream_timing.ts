import type { Timing, Usage } from "../events/mod.ts";
import { percentile } from "./percentile.ts";

/** Measures one attempt's stream, or a whole answer's, from times that its owner reads off one monotonic clock. */
export class StreamTiming {
  readonly #startedAt: number;
  #headersAt: number | undefined;
  #firstReasoningAt: number | undefined;
  #firstTokenAt: number | undefined;
  #lastTokenAt = 0;
  #deltas = 0;
  readonly #gaps: number[] = [];

  /** @param startedAt Monotonic milliseconds. */
  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  /** When the latest text came; `undefined` before the first. */
  get lastTextAt(): number | undefined {
    return this.#firstTokenAt === undefined ? undefined : this.#lastTokenAt;
  }

  noteHeaders(now: number): void {
    this.#headersAt ??= now;
  }

  noteReasoning(now: number): void {
    this.#firstReasoningAt ??= now;
  }

  /** Notes a non-empty content delta. */
  noteText(now: number): void {
    this.#deltas++;
    if (this.#firstTokenAt === undefined) this.#firstTokenAt = now;
    else this.#gaps.push(now - this.#lastTokenAt);
    this.#lastTokenAt = now;
  }

  /** The measures up to `now`. */
  summary(now: number, usage?: Usage): Timing {
    const timing: Timing = { totalMs: this.#since(now), deltas: this.#deltas };
    if (this.#headersAt !== undefined) timing.headersMs = this.#since(this.#headersAt);
    if (this.#firstReasoningAt !== undefined) timing.firstReasoningMs = this.#since(this.#firstReasoningAt);
    if (this.#firstTokenAt !== undefined) timing.firstTokenMs = this.#since(this.#firstTokenAt);
    if (this.#gaps.length > 0) {
      const sorted = this.#gaps.toSorted((a, b) => a - b);
      timing.interTokenMs = {
        p50: round(percentile(sorted, 50)),
        p95: round(percentile(sorted, 95)),
        max: round(percentile(sorted, 100)),
      };
    }
    const rate = this.#tokensPerSecond(usage);
    if (rate !== undefined) timing.tokensPerSecond = rate;
    return timing;
  }

  #since(time: number): number {
    return round(time - this.#startedAt);
  }

  /** Tokens divided by the time in which they were seen to come; reasoning counts only where it was shown. */
  #tokensPerSecond(usage: Usage | undefined): number | undefined {
    if (usage?.outputTokens === undefined || this.#firstTokenAt === undefined) return undefined;
    const hidden = this.#firstReasoningAt === undefined ? (usage.reasoningTokens ?? 0) : 0;
    const from = Math.min(this.#firstTokenAt, this.#firstReasoningAt ?? Number.POSITIVE_INFINITY);
    const elapsedMs = this.#lastTokenAt - from;
    if (elapsedMs < SHORTEST_RATED_MS) return undefined;
    return Math.round((Math.max(0, usage.outputTokens - hidden) / elapsedMs) * 10_000) / 10;
  }
}

/** What came within less came at once, in milliseconds: it has no speed that would say anything. */
export const SHORTEST_RATED_MS = 50;

/** To a hundredth of a millisecond: finer is noise. */
function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
