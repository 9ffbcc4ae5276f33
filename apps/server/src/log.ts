import type { DestinationStream, Logger } from "pino";
import { pino } from "pino";
import { loggedError } from "./logged_error.ts";

export type { Logger };

/** Fields that may hold a secret or a text of a person; their values never reach a log. */
const HIDDEN: ReadonlySet<string> = new Set([
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
]);

/** A line has no more depths; what lies deeper is left out. */
const DEEPEST = 8;

/**
 * Structured logs, one JSON object a line. `COGNIFORGE_LOG_LEVEL` sets the level.
 *
 * @param destination Standard output by default.
 */
export function createLogger(level = "info", destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    // Not pino's `redact`: it looks for a path at exactly one depth, and its wildcards cost more than all else about a line.
    formatters: { log: (line: Record<string, unknown>) => redacted(line, 0) as Record<string, unknown> },
    serializers: { err: loggedError },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** The value without what hidden fields hold, at every depth; errors are left to their serializer. */
function redacted(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null || value instanceof Error) return value;
  if (depth > DEEPEST) return "[too deep]";
  if (Array.isArray(value)) return value.map((item) => redacted(item, depth + 1));
  const shown: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) {
    shown[name] = HIDDEN.has(name) ? "[redacted]" : redacted(field, depth + 1);
  }
  return shown;
}
