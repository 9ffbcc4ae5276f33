import type { Bilingual } from "@cogniforge/core/events";

/** `skipped`: there was nothing to look at; the message says why. */
export type CheckStatus = "ok" | "warning" | "error" | "skipped";

/** What one check found. */
export interface CheckResult {
  /** The subject, then its part: `targets.openrouter/openai/gpt-4o-mini`. The first word is one of {@linkcode SUBJECTS}. */
  id: string;
  status: CheckStatus;
  message: Bilingual;
  /** What to do; always there for a warning and an error. */
  remedy?: Bilingual;
  /** Numbers and names for programs; never a secret. */
  details?: Readonly<Record<string, string | number | boolean>>;
}

/** What is looked at, in the order in which a report tells of it. */
export const SUBJECTS = [
  "node",
  "versions",
  "environment",
  "configuration",
  "store",
  "port",
  "targets",
  "clock",
  "telemetry",
  "doors",
  "public",
] as const;

/** A text in both languages. */
export function say(en: string, ar: string): Bilingual {
  return { en, ar };
}
