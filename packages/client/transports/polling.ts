import type { Clock } from "@cogniforge/core/resilience";
import type { Calls } from "../calls.ts";
import { ConnectionError } from "../errors.ts";
import type { ConnectRequest, EventBatch, Transport } from "./transport.ts";

/**
 * Waits of successive polls in milliseconds. The first does not wait: it shows at once that polling works, or, after an outage,
 * that the server is back and a better transport may be tried.
 */
const WAITS_MS = [0, 5_000, 25_000] as const;

/** Below this a poll is not made shorter, however often it was cut; and one that was cut sooner teaches nothing of proxies. */
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

  async *connect({ answerId, cursor, signal, lifeline }: ConnectRequest): AsyncGenerator<EventBatch> {
    const answered = this.#answered;
    const waitMs = Math.min(this.#longestMs, WAITS_MS[answered] ?? WAITS_MS[2]);
    const askedAt = this.#clock.now();
    this.#answered = 0;
    lifeline.expectWithin(waitMs + this.#callMs);
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
      yield { events, cursor: next };
    } catch (error) {
      if (this.#clock.now() - askedAt >= SHORTEST_WAIT_MS) {
        this.#longestMs = Math.max(SHORTEST_WAIT_MS, Math.round(waitMs / 2));
      }
      throw this.#calls.failureOf(error);
    }
  }
}
