/**
 * The p-th percentile of numbers in ascending order, by the nearest-rank method.
 *
 * @param sorted Not empty, ascending.
 * @param p From 0 (exclusive) to 100 (inclusive).
 */
export function percentile(sorted: readonly number[], p: number): number {
  const value = sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)];
  if (value === undefined) throw new RangeError("Cannot take a percentile of no numbers");
  return value;
}
