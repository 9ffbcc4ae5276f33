import { setTimeout as pause } from "node:timers/promises";
import type { BreakerStatus } from "@cogniforge/core/resilience";
import type { MeasureSummary } from "./overview.ts";

/** How things are at this moment. */
export interface Pulse {
  /** Answers that are being carried. */
  running: number;
  /** Readers that follow an answer. */
  readers: number;
  /** Answers that ended since the server started: when it changes, there is something new to read. */
  ended: number;
  /** Of the answers that ended within the last sixty seconds. */
  lastMinute: MeasureSummary;
  /** Circuit breakers that are not closed, or whose target failed lately. */
  breakers: BreakerStatus[];
}

/** Least time between two readings, in milliseconds. */
const EVERY_MS = 1_000;

/**
 * Yields the pulse at once, and then whenever it has changed, at most once a second, until the signal aborts.
 *
 * Read only while somebody watches: nothing that is counted pays for it.
 */
export async function* watchPulse(read: () => Pulse, signal: AbortSignal): AsyncGenerator<Pulse> {
  let told = "";
  while (!signal.aborted) {
    const pulse = read();
    const text = JSON.stringify(pulse);
    if (text !== told) yield pulse;
    told = text;
    try {
      await pause(EVERY_MS, undefined, { signal, ref: false });
    } catch {
      return;
    }
  }
}
