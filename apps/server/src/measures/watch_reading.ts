import { setTimeout as pause } from "node:timers/promises";

/** Least time between two readings, in milliseconds. */
const EVERY_MS = 1_000;

/**
 * Yields a reading at once, and then whenever it has changed, at most once a second, until the signal aborts.
 *
 * Read only while somebody watches: nothing that is counted pays for it.
 */
export async function* watchReading<Reading>(read: () => Reading, signal: AbortSignal): AsyncGenerator<Reading> {
  let told = "";
  while (!signal.aborted) {
    const reading = read();
    const text = JSON.stringify(reading);
    if (text !== told) yield reading;
    told = text;
    try {
      await pause(EVERY_MS, undefined, { signal, ref: false });
    } catch {
      return;
    }
  }
}
