import type { Bilingual } from "@cogniforge/core/events";
import type { KeyState, KeyView } from "../keys/mod.ts";
import type { KeyLimits } from "../storage/api_keys.ts";
import type { Language } from "./terminal.ts";
import { lineIn } from "./terminal.ts";

const STATES: Readonly<Record<KeyState, Bilingual>> = {
  active: { en: "active", ar: "فعّال" },
  expired: { en: "expired", ar: "منتهٍ" },
  revoked: { en: "revoked", ar: "ملغى" },
  suspended: { en: "suspended", ar: "موقوف" },
};

const LIMITS: Readonly<Record<keyof KeyLimits, Bilingual>> = {
  requestsPerMinute: { en: "requests a minute", ar: "طلبات في الدقيقة" },
  tokensPerMinute: { en: "tokens a minute", ar: "رموز في الدقيقة" },
  concurrentAnswers: { en: "answers at the same time", ar: "إجابات في الوقت نفسه" },
  dailyUsd: { en: "US dollars a day", ar: "دولار في اليوم" },
  monthlyUsd: { en: "US dollars a month", ar: "دولار في الشهر" },
  totalUsd: { en: "US dollars in all", ar: "دولار في المجموع" },
};

const WORDS = {
  made: { en: "made", ar: "أُنشئ" },
  expires: { en: "expires", ar: "ينتهي" },
  used: { en: "last used", ar: "آخر استعمال" },
  revoked: { en: "revoked", ar: "أُلغي" },
  never: { en: "never", ar: "أبدًا" },
  owner: { en: "owner", ar: "المالك" },
  routes: { en: "routes", ar: "المسارات" },
  all: { en: "all", ar: "كلها" },
  limits: { en: "limits", ar: "الحدود" },
  server: { en: "the server's", ar: "حدود الخادم" },
  spent: { en: "spent", ar: "أُنفق" },
  answers: { en: "answers", ar: "إجابات" },
} satisfies Record<string, Bilingual>;

/** A key in a few lines for a terminal; never the key itself. Times are in UTC. */
export function formatKey(view: KeyView, language: Language): string {
  const word = (name: keyof typeof WORDS) => WORDS[name][language];
  const { id, name, hint, owner, state, createdAt, expiresAt, lastUsedAt, revokedAt, routes, limits, spend } = view;
  const times = [
    `${word("made")}: ${momentOf(createdAt)}`,
    revokedAt === undefined
      ? `${word("expires")}: ${expiresAt === undefined ? word("never") : momentOf(expiresAt)}`
      : `${word("revoked")}: ${momentOf(revokedAt)}`,
    `${word("used")}: ${lastUsedAt === undefined ? word("never") : momentOf(lastUsedAt)}`,
  ];
  const own = (Object.keys(LIMITS) as (keyof KeyLimits)[]).flatMap((limit) =>
    limits[limit] === undefined ? [] : [`${limits[limit]} ${LIMITS[limit][language]}`],
  );
  const comma = language === "ar" ? "، " : ", ";
  const rights = [
    `${word("owner")}: ${owner}`,
    `${word("routes")}: ${routes.length === 0 ? word("all") : routes.join(comma)}`,
    `${word("limits")}: ${own.length === 0 ? word("server") : own.join(comma)}`,
    `${word("spent")}: ${Number(spend.totalUsd.toFixed(6))} USD (${word("answers")}: ${spend.answers})`,
  ];
  return [
    `${id}  ${STATES[state][language]}  ${hint}  ${name}`,
    `    ${times.join(comma)}`,
    `    ${rights.join(comma)}`,
  ]
    .map((line) => lineIn(language, line))
    .join("\n");
}

/** `2026-11-29 12:00 UTC` */
function momentOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
