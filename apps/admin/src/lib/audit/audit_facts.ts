import type { Fact } from "#lib/access/key_facts.ts";
import type { AuditEntry } from "#lib/api/administration_api.ts";
import { failureOf } from "#lib/i18n/failure_text.ts";
import { formatCost, formatMilliseconds, formatMoment, formatNumber } from "#lib/i18n/format.ts";
import { localized } from "#lib/i18n/localized.ts";
import { m } from "#lib/paraglide/messages.js";
import { FAULT_TEXTS, NUMBER_LABELS } from "#lib/providers/drill_texts.ts";

type Format = (value: unknown) => string | undefined;

const number: Format = (value) => (typeof value === "number" ? formatNumber(value) : undefined);
const milliseconds: Format = (value) => (typeof value === "number" ? formatMilliseconds(value) : undefined);
const cost: Format = (value) => (typeof value === "number" ? formatCost(value) : undefined);
const moment: Format = (value) => (typeof value === "number" ? formatMoment(value) : undefined);

/** What is told of an entry: the name of each fact, and its value for people. */
const FACTS: Readonly<Record<string, { label: () => string; format: Format; dir?: "ltr" }>> = {
  version: { label: m.audit_version, format: number },
  role: {
    label: m.user_role,
    format: (value) => (value === "administrator" ? m.user_administrator() : m.user_member()),
  },
  routes: {
    label: m.key_allowed,
    format: (value) => (Array.isArray(value) && value.length > 0 ? value.join(", ") : m.key_all_routes()),
  },
  expiresAt: { label: m.key_until, format: moment },
  requestsPerMinute: { label: m.key_requests, format: number },
  tokensPerMinute: { label: m.key_tokens, format: number },
  concurrentAnswers: { label: m.key_concurrent, format: number },
  dailyUsd: { label: m.key_daily, format: cost },
  monthlyUsd: { label: m.key_monthly, format: cost },
  totalUsd: { label: m.key_total, format: cost },
  totalMs: { label: m.measure_elapsed, format: milliseconds },
  costUsd: { label: m.measure_cost, format: cost, dir: "ltr" },
  failure: {
    label: m.audit_outcome,
    format: (value) => (typeof value === "string" ? localized(failureOf(value).message) : undefined),
  },
  fault: {
    label: m.drill_fault,
    format: (value) =>
      Object.entries(FAULT_TEXTS)
        .find(([name]) => name === value)?.[1]
        .name(),
  },
  afterChars: { label: NUMBER_LABELS.afterChars, format: number },
  retryAfterMs: { label: NUMBER_LABELS.retryAfterMs, format: milliseconds },
  everyMs: { label: NUMBER_LABELS.everyMs, format: milliseconds },
  calls: { label: NUMBER_LABELS.calls, format: number },
};

/** Told elsewhere in the entry. */
const TOLD: ReadonlySet<string> = new Set(["changes", "name", "email"]);

/** The plain facts of an entry; one that this page does not know keeps its own name. */
export function factsOf({ detail }: AuditEntry): Fact[] {
  return entriesOf(detail).flatMap(([name, value]) => {
    if (TOLD.has(name) || value === null || value === undefined) return [];
    const known = FACTS[name];
    if (known === undefined) return { name, label: name, value: plainText(value), dir: "ltr" as const };
    const { label, format, dir } = known;
    const text = format(value) ?? plainText(value);
    return { name, label: label(), value: text, ...(dir && { dir }) };
  });
}

/** The facts of a detail; those of a detail within, such as a key's limits, stand beside the others. */
function entriesOf(detail: unknown): [name: string, value: unknown][] {
  return Object.entries((detail ?? {}) as Record<string, unknown>).flatMap(([name, value]) =>
    typeof value === "object" && value !== null && !Array.isArray(value) && !TOLD.has(name)
      ? entriesOf(value)
      : [[name, value] as [string, unknown]],
  );
}

const plainText = (value: unknown) => (typeof value === "object" ? JSON.stringify(value) : String(value));
