import type { Bilingual } from "@cogniforge/core/events";
import { FailureError } from "../failure_error.ts";
import type { UsedUp } from "../keys/key_spending.ts";

/** How long whoever meets a full house is asked to wait, in milliseconds: answers take seconds. */
export const BUSY_WAIT_MS = 2_000;

/** How long whoever meets a server that is about to stop is asked to wait, in milliseconds: another one, or the next, takes seconds. */
export const RESTART_WAIT_MS = 5_000;

/** The limits that one caller can reach, by what they are told of them. */
const NAMES = {
  requests: { en: "Requests allowed in a minute", ar: "الحد الأقصى للطلبات في الدقيقة" },
  tokens: { en: "Tokens allowed in a minute", ar: "الحد الأقصى للرموز (tokens) في الدقيقة" },
  concurrent: { en: "Answers allowed at the same time", ar: "الحد الأقصى للإجابات في الوقت نفسه" },
} satisfies Record<string, Bilingual>;

export function tooMany(limit: keyof typeof NAMES, value: number, retryAfterMs: number): FailureError {
  const { en, ar } = NAMES[limit];
  return new FailureError("too-many-requests", {
    retryAfterMs,
    detail: { en: `${en}: ${value}`, ar: `${ar}: ${value}` },
  });
}

const BUDGETS = {
  daily: { en: "The budget of a day is", ar: "ميزانية اليوم:" },
  monthly: { en: "The budget of a month is", ar: "ميزانية الشهر:" },
  total: { en: "The budget in all is", ar: "الميزانية الكلية:" },
} satisfies Record<UsedUp["budget"], Bilingual>;

export function budgetUsedUp({ budget, limitUsd, waitMs }: UsedUp): FailureError {
  const { en, ar } = BUDGETS[budget];
  return new FailureError("budget-exhausted", {
    retryAfterMs: waitMs,
    detail: { en: `${en} ${limitUsd} US dollars`, ar: `${ar} ${limitUsd} دولار أمريكي` },
  });
}

export function routeNotAllowed(route: string): FailureError {
  return new FailureError("forbidden", {
    param: "route",
    detail: { en: `This API key may not ask '${route}'`, ar: `لا يُسمح لهذا المفتاح باستعمال '${route}'` },
  });
}
