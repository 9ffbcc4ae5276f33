import type { EnvironmentReader } from "./environment_reader.ts";
import type { LimitsConfig } from "./limits.ts";

export function readLimits(reader: EnvironmentReader): LimitsConfig {
  const upTo = (max: number, min = 1) => ({ min, max });
  return {
    answersInAll: reader.integer("COGNIFORGE_MAX_ANSWERS", 2_000, upTo(100_000)),
    answersEach: reader.integer("COGNIFORGE_MAX_ANSWERS_EACH", 50, upTo(100_000)),
    requestsPerMinute: reader.integer("COGNIFORGE_REQUESTS_PER_MINUTE", 300, upTo(1_000_000, 0)),
    tokensPerMinute: reader.integer("COGNIFORGE_TOKENS_PER_MINUTE", 0, upTo(1_000_000_000, 0)),
    requestBytes: reader.integer("COGNIFORGE_MAX_REQUEST_BYTES", 32 * 2 ** 20, upTo(2 ** 30, 1024)),
    requestTimeoutMs: reader.integer("COGNIFORGE_REQUEST_TIMEOUT_SECONDS", 120, upTo(3_600)) * 1000,
    connections: reader.integer("COGNIFORGE_MAX_CONNECTIONS", 16_000, upTo(1_000_000)),
  };
}
