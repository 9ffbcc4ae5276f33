/** Where a journal reads the time of its leases; injected, so that tests move it by hand. */
export interface WallClock {
  /** Epoch milliseconds. */
  wallTime(): number;
}

/** The runtime's own date. */
export const systemWallClock: WallClock = { wallTime: () => Date.now() };
