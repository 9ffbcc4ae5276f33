import { setTimeout as pause } from "node:timers/promises";

const LOOK_MS = 10;

/** Looks again and again whether something is so, for at most `limitMs`; for closing down, where nobody counts milliseconds. */
export async function waitUntil(isSo: () => boolean, limitMs: number): Promise<void> {
  const limit = performance.now() + limitMs;
  while (!isSo() && performance.now() < limit) await pause(LOOK_MS);
}
