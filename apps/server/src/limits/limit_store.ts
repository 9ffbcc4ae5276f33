/** How full a bucket of requests is. */
export interface BucketLevel {
  /** Whole requests that may come at once. */
  remaining: number;
  /** Milliseconds until the bucket is full. */
  resetMs: number;
}

/** How many requests are left to a caller. */
export interface RequestRate extends BucketLevel {
  /** In a minute. */
  limit: number;
}

export interface Taking extends BucketLevel {
  isTaken: boolean;
  /** Milliseconds until one can be taken; 0 where one was. */
  waitMs: number;
}

/**
 * What limits count with, by the name of whoever is limited.
 *
 * Every method is one atomic step, so that a store that many replicas share can take the place of the memory.
 */
export interface LimitStore {
  /** Takes one from a bucket that holds `perMinute` and fills evenly. */
  take(name: string, perMinute: number): Promise<Taking>;
  level(name: string, perMinute: number): Promise<BucketLevel>;

  /** Adds to what was used up just now. */
  use(name: string, amount: number): Promise<void>;
  /** Milliseconds until less than `limit` was used up within the last minute; 0 where that is so. */
  waitForUse(name: string, limit: number): Promise<number>;

  /** Lets a member in while fewer than `limit` are; one that is in already is let in again. `false`: there is no room. */
  enter(name: string, member: string, limit: number): Promise<boolean>;
  leave(name: string, member: string): Promise<void>;
}
