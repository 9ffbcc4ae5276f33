import type { Secret } from "./secret.ts";

export const DURABILITIES = ["memory", "aof", "replica"] as const;

/** What many replicas of the server share; the addresses hold passwords. */
export interface SharedConfig {
  readonly databaseUrl: Secret;
  readonly redisUrl: Secret;
  /** When an event counts as kept: Redis has it, has it on its disk, or one replica of Redis has it too. */
  readonly durability: (typeof DURABILITIES)[number];
}
