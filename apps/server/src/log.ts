import type { DestinationStream, Logger } from "pino";
import { pino } from "pino";
import { loggedError } from "./logged_error.ts";

export type { Logger };

/** Fields that may hold a secret or a text of a person; their values never reach a log. */
const HIDDEN = [
  "answer",
  "apiKey",
  "arguments",
  "authorization",
  "body",
  "content",
  "cookie",
  "headers",
  "input",
  "key",
  "messages",
  "output",
  "password",
  "prompt",
  "query",
  "question",
  "reasoning",
  "secret",
  "text",
  "token",
] as const;

/** At each depth that a line has: pino looks for a path at exactly one. */
const REDACTED = HIDDEN.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.*.*.${name}`]);

/**
 * Structured logs, one JSON object a line. `COGNIFORGE_LOG_LEVEL` sets the level.
 *
 * @param destination Standard output by default.
 */
export function createLogger(level = "info", destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    redact: { paths: REDACTED, censor: "[redacted]" },
    serializers: { err: loggedError },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
