import type { CheckResult } from "#lib/api/console_api.ts";
import { localized } from "#lib/i18n/localized.ts";
import { m } from "#lib/paraglide/messages.js";

/** Subjects in the order in which they are told, with their titles. */
const TITLES = {
  node: m.doctor_subject_node,
  versions: m.doctor_subject_versions,
  environment: m.doctor_subject_environment,
  configuration: m.doctor_subject_configuration,
  store: m.doctor_subject_store,
  port: m.doctor_subject_port,
  targets: m.doctor_subject_targets,
  clock: m.doctor_subject_clock,
  telemetry: m.doctor_subject_telemetry,
  doors: m.doctor_subject_doors,
  public: m.doctor_subject_public,
};

type Status = CheckResult["status"];

/** One subject with what was found about it. */
export interface Subject {
  id: string;
  title: string;
  results: CheckResult[];
}

/** What was found, by subject; subjects about which nothing was found yet are left out. */
export function subjectsOf(results: readonly CheckResult[]): Subject[] {
  return Object.entries(TITLES).flatMap(([id, title]) => {
    const own = results.filter((result) => result.id.split(".", 1)[0] === id);
    return own.length === 0 ? [] : [{ id, title: title(), results: own }];
  });
}

export function countsOf(results: readonly CheckResult[]): Record<Status, number> {
  const counts: Record<Status, number> = { ok: 0, warning: 0, error: 0, skipped: 0 };
  for (const { status } of results) counts[status] += 1;
  return counts;
}

const SYMBOLS: Record<Status, string> = { ok: "✓", warning: "!", error: "✗", skipped: "–" };

/** Everything as plain text, for a message to somebody who helps. */
export function reportText(results: readonly CheckResult[]): string {
  return subjectsOf(results)
    .map(({ title, results: own }) => [title, ...own.flatMap(linesOf)].join("\n"))
    .join("\n\n");
}

function linesOf({ status, message, remedy }: CheckResult): string[] {
  const line = `  ${SYMBOLS[status]} ${localized(message)}`;
  return remedy === undefined ? [line] : [line, `    → ${localized(remedy)}`];
}
