import { monitorEventLoopDelay } from "node:perf_hooks";

/** How often the loop's delay is sampled, in milliseconds; Node samples outside of JavaScript. */
const RESOLUTION_MS = 20;

const NANOSECONDS_PER_MS = 1e6;

/** Measures how late the event loop is. */
export interface EventLoopWatch {
  /** The longest delay since the last reading, in milliseconds; absent if nothing was sampled. */
  longestMs(): number | undefined;
  stop(): void;
}

/** Begins to measure. */
export function watchEventLoop(): EventLoopWatch {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  return {
    longestMs() {
      const { count, max } = histogram;
      histogram.reset();
      // A sample is the time between two wakings, the wanted one included.
      return count === 0 ? undefined : Math.max(0, max / NANOSECONDS_PER_MS - RESOLUTION_MS);
    },
    stop: () => void histogram.disable(),
  };
}
