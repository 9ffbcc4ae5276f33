/** How much callers may ask for, and how large and slow their requests may be. */
export interface LimitsConfig {
  /** Answers that run at the same time, whoever asked. */
  readonly answersInAll: number;
  /** Answers that run at the same time for one user, or for one key without a limit of its own. */
  readonly answersEach: number;
  /** New answers a minute for one user or key; 0 for any number. */
  readonly requestsPerMinute: number;
  /** Tokens within a minute for one user or key; 0 for any number. */
  readonly tokensPerMinute: number;
  /** Largest body of a request, whatever its door. */
  readonly requestBytes: number;
  /** How long a request may take to arrive whole, and a reader may take nothing of its reply, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** Connections at the same time, idle ones included. */
  readonly connections: number;
}
