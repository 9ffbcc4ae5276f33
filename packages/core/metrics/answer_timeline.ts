import type { AnswerEvent, AttemptReason, BreakerMove, Outcome, SeamInfo } from "../events/mod.ts";

/** One attempt on the answer's time line; times in epoch milliseconds on the clock that stamped the events. */
export interface AttemptSpan {
  attempt: number;
  provider: string;
  model: string;
  why: AttemptReason;
  startedAt: number;
  firstTextAt?: number | undefined;
  /** Absent while it runs. */
  endedAt?: number | undefined;
  outcome?: Outcome | undefined;
  failureCode?: string | undefined;
  seam?: SeamInfo | undefined;
  /** The circuit breakers that it moved. */
  breakers: BreakerMove[];
}

/** How long the text stood still before a piece of it came. */
export interface TextGap {
  /** When the piece came, in milliseconds since the answer's start. */
  atMs: number;
  /** In milliseconds; of neighbours that were drawn together, the longest. */
  gapMs: number;
}

/** A time line as JSON. */
export interface TimelineData {
  /** Sequence of the last event in it. */
  seq: number;
  startedAt?: number | undefined;
  lastTextAt?: number | undefined;
  endedAt?: number | undefined;
  attempts: AttemptSpan[];
  gaps: TextGap[];
  /** How many neighbouring gaps one of `gaps` stands for. */
  stride: number;
}

/** More points than a plot has pixels say nothing more. */
const MAX_GAPS = 1_024;

/** Derives from an answer's events when its attempts and its text came: the same on the server and in a page. */
export class AnswerTimeline {
  #data: TimelineData;
  /** Gaps noted since the last one that was kept. */
  #pending = 0;
  #isComplete = true;

  constructor(data?: TimelineData) {
    this.#data = data ? structuredClone(data) : { seq: 0, attempts: [], gaps: [], stride: 1 };
  }

  /** Sequence of the last event that was noted. */
  get seq(): number {
    return this.#data.seq;
  }

  /** Whether all events were seen: a snapshot tells what they led to, but not when they came. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Notes an event; one that is in it already changes nothing. */
  note(event: AnswerEvent): void {
    if (event.seq <= this.#data.seq) return;
    this.#data.seq = event.seq;
    switch (event.type) {
      case "answer-start":
        this.#data.startedAt = event.at;
        return;
      case "attempt-start": {
        const { attempt, provider, model, why, at } = event;
        this.#data.attempts.push({ attempt, provider, model, why, startedAt: at, breakers: [] });
        return;
      }
      case "text-delta":
        this.#noteText(event.attempt, event.at);
        return;
      case "attempt-end": {
        const span = this.#span(event.attempt);
        if (span === undefined) return;
        span.endedAt = event.at;
        span.outcome = event.outcome;
        span.failureCode = event.failure?.code;
        span.seam = event.seam;
        span.breakers = event.breakers ?? [];
        return;
      }
      case "snapshot":
        this.#isComplete = false;
        this.#data.lastTextAt = event.deltas > 0 ? event.at : undefined;
        return;
      case "answer-end":
        this.#data.endedAt = event.at;
        return;
      case "reasoning-delta":
      case "reasoning-details":
      case "tool-call":
        return;
    }
  }

  /** A copy as it stands. */
  data(): TimelineData {
    return structuredClone(this.#data);
  }

  #noteText(attempt: number, at: number): void {
    const { startedAt = at, lastTextAt, gaps, stride } = this.#data;
    const span = this.#span(attempt);
    if (span !== undefined) span.firstTextAt ??= at;
    this.#data.lastTextAt = at;
    if (lastTextAt === undefined) return;
    const gap = { atMs: Math.max(0, at - startedAt), gapMs: Math.max(0, at - lastTextAt) };
    const last = gaps.at(-1);
    this.#pending = (this.#pending + 1) % stride;
    if (stride > 1 && this.#pending !== 1 && last !== undefined) {
      last.atMs = gap.atMs;
      last.gapMs = Math.max(last.gapMs, gap.gapMs);
    } else gaps.push(gap);
    if (gaps.length > MAX_GAPS) this.#halve();
  }

  /** Draws each two neighbours together. */
  #halve(): void {
    const { gaps, stride } = this.#data;
    const halved: TextGap[] = [];
    for (let index = 0; index < gaps.length; index += 2) {
      const [first, second] = gaps.slice(index, index + 2);
      if (first === undefined) break;
      halved.push({ atMs: second?.atMs ?? first.atMs, gapMs: Math.max(first.gapMs, second?.gapMs ?? 0) });
    }
    this.#data.gaps = halved;
    this.#data.stride = stride * 2;
    this.#pending = 0;
  }

  #span(attempt: number): AttemptSpan | undefined {
    return this.#data.attempts.findLast((one) => one.attempt === attempt);
  }
}
