import type { ErrorShape } from "./error_shape.ts";
import { anyOf, holds, type Rule } from "./rule.ts";
import { ACCOUNT_RULES } from "./rules_account.ts";
import { QUESTION_RULES } from "./rules_question.ts";
import { SERVICE_RULES } from "./rules_service.ts";

/** Errors that have a text alone, without a status or a word that anybody knows: what is said in so many words. */
const TEXT_RULES: readonly Rule[] = [
  { code: "rate-limit", action: "retry", says: anyOf("rate[- ]?limit", "too many requests", "[qrt]p[ms] .*limit") },
  {
    code: "overloaded",
    action: "retry",
    says: anyOf("overloaded", "at capacity", "unavailable", "(service|server) (is )?busy"),
  },
  { code: "provider-auth", action: "fallback", says: anyOf("unauthorized", "unauthenticated") },
  { code: "upstream-timeout", action: "fallback", says: anyOf("timed? ?out", "deadline exceeded") },
].map((rule) => ({ ...rule, only: ({ status }: ErrorShape) => status === undefined }) as Rule);

/**
 * The table, most specific first: what a body says outweighs its status, since a 429 can be an empty account
 * and a 400 a bad key; what the status alone says stands at the end of each kind.
 */
export const RULES: readonly Rule[] = [...QUESTION_RULES, ...ACCOUNT_RULES, ...SERVICE_RULES, ...TEXT_RULES];

/** What holds where no rule does: a broken server, which is tried once more. */
export const LAST_RULE: Rule = { code: "server-error", action: "retry" };

/** The first rule that holds. */
export function findRule(error: ErrorShape, rules: readonly Rule[] = RULES): Rule {
  return rules.find((rule) => holds(rule, error)) ?? LAST_RULE;
}
