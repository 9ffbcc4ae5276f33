import type { BackoffPolicy } from "@cogniforge/core/resilience";

/** How long a connection may be silent, and how long the client keeps trying. All in milliseconds. */
export interface ConnectionPolicy {
  /** From connecting to the first byte: the server sends one at once, so nothing for longer means a proxy that buffers. */
  firstLifeMs: number;
  /** Between two signs of life later on: three of the server's pings. */
  silenceMs: number;
  /** For a plain call to be answered. */
  callMs: number;
  /** Of nothing but failures, after which a `ConnectionError` is thrown. */
  giveUpAfterMs: number;
  /** After which a transport that did not work is tried again, by the next answer. */
  retryBetterAfterMs: number;
  /** Between tries while not even HTTP works. */
  backoff: BackoffPolicy;
}

/** Fits a server that pings every 5 seconds. */
export const DEFAULT_POLICY: ConnectionPolicy = {
  firstLifeMs: 4_000,
  silenceMs: 15_000,
  callMs: 20_000,
  giveUpAfterMs: 120_000,
  retryBetterAfterMs: 300_000,
  backoff: { baseMs: 250, capMs: 3_000 },
};
