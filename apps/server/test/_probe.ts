/**
 * Loaded into the program under test before anything else: answers a message of its parent with what the process holds.
 */
export interface Held {
  /** Bytes in use after collecting garbage. */
  heap: number;
  /** Active resources by type, such as `Timeout` and `TCPSocketWrap`. */
  resources: Record<string, number>;
}

const { gc } = globalThis as { gc?: () => void };

process.on("message", () => {
  // What a collection frees may hold more that only the next one finds.
  setImmediate(() => {
    gc?.();
    setImmediate(() => {
      gc?.();
      const resources: Record<string, number> = {};
      for (const type of process.getActiveResourcesInfo()) resources[type] = (resources[type] ?? 0) + 1;
      process.send?.({ heap: process.memoryUsage().heapUsed, resources } satisfies Held);
    });
  });
});
// The channel keeps nothing alive.
process.channel?.unref();
