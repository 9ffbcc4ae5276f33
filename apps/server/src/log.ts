import type { Logger } from "pino";
import { pino } from "pino";

export type { Logger };

/** Fields that may hold a secret or a text of a person; their values never reach a log. */
const REDACTED = ["*.authorization", "*.cookie", "*.apiKey", "*.password", "*.question", "*.text", "*.messages"];

/** Structured logs on standard output, one JSON object a line. `COGNIFORGE_LOG_LEVEL` sets the level. */
export function createLogger(level = "info"): Logger {
  return pino({ level, base: null, redact: { paths: REDACTED, censor: "[redacted]" } });
}
