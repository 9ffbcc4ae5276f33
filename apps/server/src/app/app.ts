import type { Config, ConfigSource } from "../config/mod.ts";
import type { HttpRoute } from "../http/routes.ts";
import type { Logger } from "../log.ts";

export interface AppOptions extends ConfigSource {
  log: Logger;
}

/** Answers that cost something at this moment. */
export interface Activity {
  /** Being carried. */
  running: number;
  /** With at least one reader. */
  followed: number;
  /** To be cancelled when their only reader stays away. */
  attended: number;
}

/** The running program. */
export interface App {
  config: Config;
  /** Where it listens; the port is the real one where 0 was asked for. */
  url: string;
  /** The dispatch table of its own doors, beside tRPC, the sign-in and the console. */
  routes: readonly HttpRoute[];
  /** The one-time code for the first administrator; `undefined` once there is one. */
  signInCode: string | undefined;
  /** What is under way; all zero when nothing is. */
  activity(): Activity;
  /** Refuses new asks and lets answers finish for `graceMs`, while readers come and go; then closes everything. */
  close(graceMs: number): Promise<void>;
}
