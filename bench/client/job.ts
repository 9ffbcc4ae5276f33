import type { Percentiles } from "../measure/histogram.ts";
import type { ModeName } from "../wire/modes.ts";

/** The ways in which answers are asked for and read. */
export const DOORS = ["chat", "sse", "trpc-sse", "trpc-ws", "minimal-trpc-sse", "minimal-trpc-ws", "attach"] as const;

export type DoorName = (typeof DOORS)[number];

/** What the load client is to do. */
export interface Job {
  door: DoorName;
  port: number;
  model: ModeName;
  /** Whether the answer is asked for as a stream; the doors other than `chat` know nothing else. */
  isStreamed: boolean;
  /** Header lines of every request, each with its line end. */
  headers: string;
  /** Connections, each with one answer at a time. */
  lanes: number;
  /** Answers of each connection; with `durationMs` as many as begin within it. */
  answersEach?: number;
  durationMs?: number;
  /** Connections come in groups of `batch`, one every `everyMs`; absent: all at once. */
  ramp?: { batch: number; everyMs: number };
  /** Tokens that come before this, in milliseconds from the job's beginning, do not count for latency. */
  steadyFromMs?: number;
  /** Nor do those that come after this. */
  steadyUntilMs?: number;
  /** The answers that `attach` reads, connection by connection, and again from the first. */
  answerIds?: readonly string[];
  /** So many connections stop reading after their first bytes, for so long. */
  stalled?: { lanes: number; forMs: number };
}

/** What came of it. */
export interface JobResult {
  /** Answers that came whole. */
  answers: number;
  /** Answers that did not, by what was wrong. */
  broken: Record<string, number>;
  tokens: number;
  bytes: number;
  elapsedMs: number;
  /** From the request to the first token. */
  firstToken: Percentiles;
  /** From the upstream's sending of a token to its arrival. */
  latency: Percentiles;
  /** From the request to the last byte. */
  total: Percentiles;
  /** CPU that the client itself used, in milliseconds. */
  clientCpuMs: number;
}

export function brokenCount({ broken }: JobResult): number {
  return Object.values(broken).reduce((sum, count) => sum + count, 0);
}
