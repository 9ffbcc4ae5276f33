/** How fast one part is. */
export interface MicroResult {
  name: string;
  /** What is counted. */
  unit: string;
  perSecond: number;
}

/** Repeats some work, first to warm up and then for a time, and gives how many of its units were done in a second. */
export async function perSecond(forMs: number, units: number, work: () => unknown): Promise<number> {
  await repeat(forMs / 4, work);
  const { times, ms } = await repeat(forMs, work);
  return (times * units * 1e3) / ms;
}

async function repeat(forMs: number, work: () => unknown): Promise<{ times: number; ms: number }> {
  const beganAt = performance.now();
  for (let times = 1; ; times++) {
    const result = work();
    if (result instanceof Promise) await result;
    const ms = performance.now() - beganAt;
    if (ms >= forMs) return { times, ms };
  }
}
