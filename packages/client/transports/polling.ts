import type { Clock } from "@cogniforge/core/resilience";
import type { Calls } from "../calls.ts";
import { ConnectionError } from "../errors.ts";
import type { ConnectRequest, EventBatch, Transport } from "./transport.ts";

/** Waits of successive polls in milliseconds: the first are short, to show early that polling works. */
const WAITS_MS = [0, 5_000, 25_000] as const;

/** Below this a poll is not made shorter, however often a proxy cut it. */
const SHORTEST_WAIT_MS = 1_000;

/**
 * Follows an answer by asking again and again: what works where nothing else does.
 *
 * One connection is one question that waits for news, and ends with its reply.
 */
export class PollingTransport implements Transport {
  readonly name = "polling";
  readonly #calls: Calls;
  readonly #clock: Clock;
  readonly #callMs: number;
  /** Polls answered in a row. */
  #answered = 0;
  /** A proxy that cuts long waits teaches how long they may be. */
  #longestMs = Number.POSITIVE_INFINITY;

  constructor(calls: Calls, clock: Clock, callMs: number) {
    this.#calls = calls;
    this.#clock = clock;
    this.#callMs = callMs;
  }

  async *connect(request: ConnectRequest): AsyncGenerator<EventBatch> {
    // Without news the quick first question is followed at once by one that waits.
    if (this.#answered === 0) {
      const batch = await this.#ask(request, 0);
      if (batch.events.length > 0) return yield batch;
    }
    const waitMs = Math.min(this.#longestMs, WAITS_MS[this.#answered] ?? WAITS_MS[2]);
    yield await this.#ask(request, waitMs);
  }

  async #ask({ answerId, cursor, signal, lifeline }: ConnectRequest, waitMs: number): Promise<EventBatch> {
    lifeline.expectWithin(waitMs + this.#callMs);
    const askedAt = this.#clock.now();
    const answered = this.#answered;
    this.#answered = 0;
    try {
      const { events, cursor: next } = await this.#calls.trpc.answers.read.query(
        cursor === undefined ? { answerId, waitMs } : { answerId, cursor, waitMs },
        { signal },
      );
      // A server that is stopping does not wait; asked again at once, it would be asked without end.
      const isHasty = events.length === 0 && this.#clock.now() - askedAt < waitMs / 2;
      if (isHasty) throw new ConnectionError();
      lifeline.beat();
      this.#answered = answered + 1;
      return { events, cursor: next };
    } catch (error) {
      if (waitMs > 0) this.#longestMs = Math.max(SHORTEST_WAIT_MS, waitMs / 2);
      throw this.#calls.failureOf(error);
    }
  }
}
