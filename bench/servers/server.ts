import type { EngineUsage, SharedStores } from "../engines/engines.ts";
import type { Child } from "../process/spawn.ts";

/** Where a server under test is to listen, and whom it asks. */
export interface StartContext {
  upstreamPort: number;
  port: number;
  /** An empty folder of its own. */
  folder: string;
  /** For a server that shares its stores with others. */
  stores?: SharedStores | undefined;
}

/** How its process is started. */
export interface StartCommand {
  args: string[];
  env?: Record<string, string>;
}

/** A server under test. */
export interface ServerDefinition {
  name: ServerName;
  /** What stands in the tables, with its version. */
  title: string;
  /** Makes it ready to be started; tells why it can't be. */
  prepare?(): Promise<string | undefined>;
  command(context: StartContext): StartCommand | Promise<StartCommand>;
  /** What is asked until it answers. */
  healthPath: string;
  /** Whether it lives on PostgreSQL and Redis. */
  isShared?: boolean;
  /** Header lines of every request to it. */
  headers?(context: StartContext): string;
}

export const SERVER_NAMES = ["direct", "pipe", "trpc", "portkey", "cogniforge", "cogniforge-shared"] as const;
export type ServerName = (typeof SERVER_NAMES)[number];

/** A server under test that runs. */
export interface RunningServer {
  definition: ServerDefinition;
  port: number;
  headers: string;
  /** Absent for the upstream itself. */
  child?: Child;
  /** What it shares with other replicas. */
  stores?: SharedStores | undefined;
  /** What the engines below it have done so far; absent where there are none. */
  engineUsage?: (() => Promise<EngineUsage>) | undefined;
  /** What Redis keeps of an answer that was written in the last `ms`, in KiB. */
  kibPerAnswer?: ((ms: number) => Promise<number | undefined>) | undefined;
  /** From the start of its process to its first answer, in milliseconds. */
  startMs: number;
  stop(): Promise<void>;
}
