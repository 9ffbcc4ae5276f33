import type { Config, ConfigProblem, ConfigSource } from "../config/mod.ts";
import type { CheckResult } from "./check.ts";
import type { LocalServer } from "./local_server.ts";

/** What the checks look at. */
export interface Patient {
  source: ConfigSource;
  /** The real environment over `.env`. */
  environment: Readonly<Record<string, string | undefined>>;
  /** `undefined` where it is wrong. */
  config: Config | undefined;
  /** What is wrong in it. */
  problems: readonly ConfigProblem[];
  /** Such as `v24.21.0`. */
  nodeVersion: string;
  /** The server whose doors are tried; `undefined` where none runs and none can be started. */
  server: LocalServer | undefined;
  /** Why none could be started although the configuration is right. */
  serverFailure?: string | undefined;
  /** Address under which others reach the server. */
  publicUrl: string | undefined;
  /** Credentials for it; absent: those of `server`. */
  publicKey?: (() => string | undefined) | undefined;
  signal: AbortSignal;
}

/** Looks at one subject and tells what it finds, as it finds it. */
export type Check = (patient: Patient) => AsyncIterable<CheckResult>;
