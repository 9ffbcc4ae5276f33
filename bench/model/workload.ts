/** What is asked of a set-up. */
export interface Workload {
  /** Answers that run at the same time, each with one reader. */
  streams: number;
  /** Of each stream; each token comes by itself. */
  tokensPerSecond: number;
  tokensPerAnswer: number;
  /**
   * Share of the readers that are on another replica than the carrier. `undefined`: (N - 1) / N, as of a proxy that knows nothing
   * and readers that come back. Whoever asks and reads in one request is always where the answer is carried.
   */
  elsewhere: number | undefined;
  /** What all replicas are told of an answer: one of a key's spending, two of a conversation's start and end. */
  signalsPerAnswer: number;
}

/** What one of each may use: assumptions, not measured. */
export interface Limits {
  /** Share of a core that may be used over long. */
  usableShare: number;
  /** Memory of a replica. */
  replicaMib: number;
  /** Open files of a replica's process. */
  replicaFiles: number;
  /** `COGNIFORGE_MAX_ANSWERS`. */
  replicaAnswers: number;
  /** Memory of a Redis node for data. */
  redisGib: number;
  /** Of a Redis node, each way. */
  redisMegabytesPerSecond: number;
  postgresCores: number;
  /** `max_connections`. */
  postgresConnections: number;
  /** Write-ahead log that its disk takes. */
  postgresWalMegabytesPerSecond: number;
}

export const WORKLOAD: Workload = {
  streams: 1_000_000,
  tokensPerSecond: 5,
  tokensPerAnswer: 500,
  elsewhere: undefined,
  signalsPerAnswer: 1,
};

export const LIMITS: Limits = {
  usableShare: 0.6,
  replicaMib: 2_048,
  replicaFiles: 20_000,
  replicaAnswers: 2_000,
  redisGib: 12,
  redisMegabytesPerSecond: 600,
  postgresCores: 16,
  postgresConnections: 1_000,
  postgresWalMegabytesPerSecond: 200,
};

/** How long an answer takes, in seconds. */
export function answerSeconds({ tokensPerAnswer, tokensPerSecond }: Workload): number {
  return tokensPerAnswer / tokensPerSecond;
}

/** As many end as begin. */
export function answersPerSecond(workload: Workload): number {
  return workload.streams / answerSeconds(workload);
}
