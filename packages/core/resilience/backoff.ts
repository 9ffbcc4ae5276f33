/** First wait's ceiling and the ceiling of all waits, in milliseconds. */
export interface BackoffPolicy {
  baseMs: number;
  capMs: number;
}

export const DEFAULT_BACKOFF: BackoffPolicy = { baseMs: 400, capMs: 8_000 };

/**
 * The wait before a retry: exponential with full jitter, so that many callers who failed together do not come back together.
 *
 * @param retry Which retry it is, from 1.
 * @param random A number from 0 (inclusive) to 1 (exclusive).
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoffMs(retry: number, random: number, policy: BackoffPolicy = DEFAULT_BACKOFF): number {
  if (!(retry >= 1))
    throw new RangeError(`Cannot compute a backoff as 'retry' must be at least 1: current value is ${retry}`);
  return Math.round(random * Math.min(policy.capMs, policy.baseMs * 2 ** (retry - 1)));
}
