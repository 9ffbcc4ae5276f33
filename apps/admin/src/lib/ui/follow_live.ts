import { FailureError, type FailureInfo } from "@cogniforge/client";
import { followWhileVisible } from "./follow_while_visible.ts";

export interface Following<Reading> {
  /** What is followed, until its signal aborts. */
  watch: (signal: AbortSignal) => AsyncIterable<Reading>;
  onReading: (reading: Reading) => void;
  /** The connection is gone, or refused; it is tried again by itself. */
  onLost: (failure: FailureInfo | undefined) => void;
}

/** Pause before a lost connection is tried again, in milliseconds. */
const RECONNECT_MS = 2_000;

/** Follows what the server tells, while the page can be seen and until `signal` aborts. */
export function followLive<Reading>(signal: AbortSignal, following: Following<Reading>): Promise<void> {
  return followWhileVisible(signal, (visible) => follow(visible, following));
}

async function follow<Reading>(signal: AbortSignal, { watch, onReading, onLost }: Following<Reading>): Promise<void> {
  while (!signal.aborted) {
    let failure: FailureInfo | undefined;
    try {
      for await (const reading of watch(signal)) onReading(reading);
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      failure = error.info;
    }
    if (signal.aborted) return;
    onLost(failure);
    await pause(RECONNECT_MS, signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener("abort", end, { once: true });
  });
}
