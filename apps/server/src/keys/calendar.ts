/** A day of UTC, such as `2026-11-23`. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** Milliseconds until the next day of UTC begins. */
export function untilNextDay(at: number): number {
  const next = new Date(at);
  return next.setUTCHours(24, 0, 0, 0) - at;
}

/** Milliseconds until the next month of UTC begins. */
export function untilNextMonth(at: number): number {
  const now = new Date(at);
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1) - at;
}
