import type { KeyView } from "#lib/api/access_api.ts";
import { formatCost, formatMoment, formatNumber } from "#lib/i18n/format.ts";
import { leftToRight } from "#lib/i18n/isolates.ts";
import { m } from "#lib/paraglide/messages.js";

export interface Fact {
  name: string;
  label: string;
  value: string;
  dir?: "ltr";
}

/** What a key's card tells, in the order of interest. */
export function keyFacts({ createdAt, expiresAt, lastUsedAt, revokedAt, routes, limits, spend }: KeyView): Fact[] {
  // A sum's sign would change sides within an Arabic sentence.
  const spent = (amount: number, budget: number | undefined) =>
    budget === undefined
      ? formatCost(amount)
      : m.key_spent_of({ spent: leftToRight(formatCost(amount)), budget: leftToRight(formatCost(budget)) });
  const limit = (name: string, label: string, value: number | undefined): Fact[] =>
    value === undefined ? [] : [{ name, label, value: formatNumber(value) }];
  return [
    {
      name: "last-used",
      label: m.key_last_used(),
      value: lastUsedAt === undefined ? m.key_never_used() : formatMoment(lastUsedAt),
    },
    { name: "created", label: m.key_created(), value: formatMoment(createdAt) },
    revokedAt === undefined
      ? {
          name: "until",
          label: m.key_until(),
          value: expiresAt === undefined ? m.key_until_revoked() : formatMoment(expiresAt),
        }
      : { name: "revoked", label: m.key_revoked_at(), value: formatMoment(revokedAt) },
    routes.length === 0
      ? { name: "routes", label: m.key_allowed(), value: m.key_all_routes() }
      : { name: "routes", label: m.key_allowed(), value: routes.join(", "), dir: "ltr" },
    { name: "today", label: m.key_spent_today(), value: spent(spend.dailyUsd, limits.dailyUsd) },
    { name: "month", label: m.key_spent_month(), value: spent(spend.monthlyUsd, limits.monthlyUsd) },
    { name: "total", label: m.key_spent_total(), value: spent(spend.totalUsd, limits.totalUsd) },
    { name: "answers", label: m.key_answers(), value: formatNumber(spend.answers) },
    { name: "tokens", label: m.key_used_tokens(), value: formatNumber(spend.totalTokens) },
    ...limit("requests-per-minute", m.key_requests(), limits.requestsPerMinute),
    ...limit("tokens-per-minute", m.key_tokens(), limits.tokensPerMinute),
    ...limit("concurrent-answers", m.key_concurrent(), limits.concurrentAnswers),
  ];
}
