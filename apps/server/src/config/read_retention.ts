import type { EnvironmentReader } from "./environment_reader.ts";
import type { ParsedConfigFile } from "./file_schema.ts";
import type { RetentionConfig } from "./retention.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A hundred years: whoever wants more wants 0. */
const MOST_DAYS = 36_500;
const MOST_HOURS = 24 * MOST_DAYS;

/** Reads how long things are kept: a variable wins over the file, and 0 means for ever (or, for compaction, never). */
export function readRetention(reader: EnvironmentReader, file: ParsedConfigFile["retention"] = {}): RetentionConfig {
  const days = (name: string, fallback: number) => reader.integer(name, fallback, { min: 0, max: MOST_DAYS }) * DAY_MS;
  const hours = reader.integer("COGNIFORGE_COMPACT_AFTER_HOURS", file.compactAfterHours ?? 24, {
    min: 0,
    max: MOST_HOURS,
  });
  const kept = {
    compactAfterMs: hours * HOUR_MS,
    conversationsMs: days("COGNIFORGE_KEEP_CONVERSATIONS_DAYS", file.conversationDays ?? 0),
    answersMs: days("COGNIFORGE_KEEP_ANSWERS_DAYS", file.answerDays ?? 30),
    measuresMs: days("COGNIFORGE_KEEP_MEASURES_DAYS", file.measureDays ?? 90),
    auditMs: days("COGNIFORGE_KEEP_AUDIT_DAYS", file.auditDays ?? 365),
  };
  return Object.fromEntries(Object.entries(kept).filter(([, ms]) => ms > 0));
}
