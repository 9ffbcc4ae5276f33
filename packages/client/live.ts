import { wait } from "@cogniforge/core/resilience";
import { SseDecoder } from "@cogniforge/core/sse";
import { linkedController } from "./abort.ts";
import type { Calls } from "./calls.ts";
import { ConnectionError, failureOfShape, isTransient } from "./errors.ts";
import { Lifeline } from "./lifeline.ts";
import type { Surroundings } from "./patience.ts";
import { Patience } from "./patience.ts";
import type { ConnectionPolicy } from "./policy.ts";
import { openSubscription } from "./transports/sse.ts";
import type { Endpoint } from "./transports/transport.ts";

export interface LiveContext<Reading> {
  /** The subscription, such as `metrics.live`. */
  path: string;
  /** Asks once for what the subscription tells. */
  read: (options: { signal: AbortSignal }) => Promise<Reading>;
  endpoint: Endpoint;
  calls: Calls;
  policy: ConnectionPolicy;
  surroundings: Surroundings;
  signal: AbortSignal | undefined;
}

/** Pause between two questions where no stream comes through, in milliseconds. */
const POLL_MS = 2_000;

/** Questions before a stream is tried again. */
const POLLS = 15;

/**
 * Yields a reading as it changes over Server-Sent Events, and asks for it again and again where they do not come through; returns
 * when the signal aborts.
 *
 * @throws {FailureError} If the server refuses, or could not be reached for as long as the policy allows.
 */
export async function* watchLive<Reading>(context: LiveContext<Reading>): AsyncGenerator<Reading> {
  const { calls, read, policy, surroundings } = context;
  const { controller, unlink } = linkedController(context.signal);
  const { signal } = controller;
  const patience = new Patience(policy, surroundings);
  try {
    while (!signal.aborted) {
      const stream = { isAlive: false };
      try {
        for await (const reading of streamReadings(context, signal)) {
          stream.isAlive = true;
          patience.restore();
          yield reading;
        }
      } catch (error) {
        if (signal.aborted) return;
        if (!isTransient(error)) throw error;
      }
      // A stream that worked is opened anew after one question, one that did not after many.
      for (let polls = stream.isAlive ? 1 : POLLS; polls > 0 && !signal.aborted; polls--) {
        try {
          const reading = await calls.call(read, { signal });
          patience.restore();
          yield reading;
          await wait(surroundings.clock, POLL_MS, signal);
        } catch (error) {
          if (signal.aborted) return;
          if (!isTransient(error)) throw error;
          await patience.afterFailure(error, signal);
        }
      }
    }
  } catch (error) {
    if (!context.signal?.aborted) throw error;
  } finally {
    controller.abort();
    unlink();
  }
}

/** One connection, until it ends, breaks or falls silent. */
async function* streamReadings<Reading>(
  { path, endpoint, policy, surroundings }: LiveContext<Reading>,
  signal: AbortSignal,
): AsyncGenerator<Reading> {
  const { controller, unlink } = linkedController(signal);
  const lifeline = new Lifeline({
    clock: surroundings.clock,
    firstLifeMs: policy.firstLifeMs,
    silenceMs: policy.silenceMs,
    onFirstLife: () => {},
    onSilence: () => controller.abort(new ConnectionError()),
  });
  try {
    const body = await openSubscription(endpoint, path, undefined, controller.signal);
    const reader = body.getReader();
    const decoder = new SseDecoder();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      lifeline.beat();
      for (const item of decoder.push(value)) {
        if (item.type !== "event") continue;
        // tRPC names its own frames; readings have none.
        if (item.event === "return") return;
        if (item.event === "serialized-error") throw failureOfShape(JSON.parse(item.data)) ?? new ConnectionError();
        if (item.event === undefined) yield JSON.parse(item.data) as Reading;
      }
    }
  } finally {
    lifeline.stop();
    controller.abort();
    unlink();
  }
}
