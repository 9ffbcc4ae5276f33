import type { Bilingual } from "@cogniforge/core/events";
import { keySettingsSchema } from "../keys/key_settings.ts";
import type { KeyLimits, KeySettings } from "../storage/api_keys.ts";
import { CommandError } from "./terminal.ts";

/** What `keys create` takes, for `parseArgs`. */
export const KEY_OPTIONS = {
  name: { type: "string" },
  routes: { type: "string" },
  expires: { type: "string" },
  rate: { type: "string" },
  tokens: { type: "string" },
  concurrent: { type: "string" },
  budget: { type: "string", multiple: true },
} as const;

export interface KeyOptions {
  name?: string | undefined;
  routes?: string | undefined;
  expires?: string | undefined;
  rate?: string | undefined;
  tokens?: string | undefined;
  concurrent?: string | undefined;
  budget?: string[] | undefined;
}

const UNITS = { h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

const PERIODS = { day: "dailyUsd", month: "monthlyUsd", total: "totalUsd" } as const;

/**
 * The settings that a command line says.
 *
 * @param now Epoch milliseconds.
 * @throws {CommandError} That names the option, with 2.
 */
export function keySettingsOf(options: KeyOptions, now: number): KeySettings {
  const name = options.name?.trim() ?? "";
  if (name === "" || name.length > 100) {
    throw wrong("--name", { en: "a name of 1 to 100 characters", ar: "اسم من 1 إلى 100 محرف" });
  }
  const limits: KeyLimits = {
    requestsPerMinute: countOf("--rate", options.rate),
    tokensPerMinute: countOf("--tokens", options.tokens),
    concurrentAnswers: countOf("--concurrent", options.concurrent),
    ...Object.assign({}, ...(options.budget ?? []).map(budgetOf)),
  };
  const expiresAt = momentOf(options.expires, now);
  if (expiresAt !== undefined && expiresAt <= now) {
    throw wrong("--expires", { en: "a moment that has not passed", ar: "وقت لم ينقضِ بعد" });
  }
  const settings = { name, routes: routesOf(options.routes), expiresAt, limits };
  return keySettingsSchema.parse(settings);
}

function routesOf(text: string | undefined): string[] {
  const routes = (text ?? "").split(",").map((route) => route.trim());
  if (text === undefined) return [];
  if (routes.length <= 100 && routes.every((route) => route !== "" && route.length <= 330)) return routes;
  throw wrong("--routes", {
    en: "routes, or targets as provider/model, separated by commas",
    ar: "مسارات أو أهداف بصيغة provider/model تفصل بينها فواصل",
  });
}

function countOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= 1_000_000_000) return count;
  throw wrong(option, { en: "a whole number from 1 to 1000000000", ar: "عدد صحيح من 1 إلى 1000000000" });
}

function budgetOf(text: string): KeyLimits {
  const [, amount, period] = /^(\d{1,9}(?:\.\d{1,6})?)\/(day|month|total)$/.exec(text) ?? [];
  const usd = Number(amount);
  if (usd > 0) return { [PERIODS[period as keyof typeof PERIODS]]: usd };
  throw wrong("--budget", {
    en: "US dollars of a day, a month or in all, such as 5/day, 100/month or 500/total",
    ar: "دولارات لليوم أو للشهر أو للمجموع، مثل 5/day أو 100/month أو 500/total",
  });
}

function momentOf(text: string | undefined, now: number): number | undefined {
  if (text === undefined || text === "never") return undefined;
  const [, count, unit] = /^(\d{1,5})([hdw])$/.exec(text) ?? [];
  if (count !== undefined && Number(count) > 0) return now + Number(count) * UNITS[unit as keyof typeof UNITS];
  // A day is over when it is over, everywhere: in UTC, as budgets are.
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && isDay(text)) return Date.parse(text) + UNITS.d;
  const at = /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
  if (at > 0) return at;
  throw wrong("--expires", {
    en: "a time such as 12h, 30d or 8w, a day such as 2027-01-31, or never",
    ar: "مدة مثل 12h أو 30d أو 8w، أو يوم مثل 2027-01-31، أو never",
  });
}

/** `Date` takes the 31st of February for a day of March. */
function isDay(text: string): boolean {
  const at = Date.parse(text);
  return at > 0 && new Date(at).toISOString().startsWith(text);
}

function wrong(option: string, { en, ar }: Bilingual): CommandError {
  return new CommandError(
    { en: `Expected after ${option}: ${en}`, ar: `المتوقع بعد ‎${option}: ${ar}` },
    { exitCode: 2 },
  );
}
