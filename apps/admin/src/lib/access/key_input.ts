import type { KeySettings, KeyView } from "#lib/api/access_api.ts";
import { latinDigits } from "#lib/i18n/latin_digits.ts";

export const COUNTS = ["requestsPerMinute", "tokensPerMinute", "concurrentAnswers"] as const;
export const AMOUNTS = ["dailyUsd", "monthlyUsd", "totalUsd"] as const;
export type Limit = (typeof COUNTS)[number] | (typeof AMOUNTS)[number];

/** What somebody has written of a key; an empty text stands for no limit of its own. */
export interface KeyTexts extends Record<Limit, string> {
  name: string;
  /** A day, such as `2026-11-23`. */
  until: string;
  routes: string[];
}

export type WrongField = "name" | "until" | Limit;

const NO_LIMITS: Record<Limit, string> = {
  requestsPerMinute: "",
  tokensPerMinute: "",
  concurrentAnswers: "",
  dailyUsd: "",
  monthlyUsd: "",
  totalUsd: "",
};

/** The texts with which a form begins. */
export function textsOf(key: KeyView | undefined): KeyTexts {
  if (key === undefined) return { name: "", until: "", routes: [], ...NO_LIMITS };
  const { name, expiresAt, routes, limits } = key;
  const texts = Object.entries(limits).map(([limit, value]) => [limit, value === undefined ? "" : String(value)]);
  const until = expiresAt === undefined ? "" : dayOf(expiresAt);
  return { name, until, routes: [...routes], ...NO_LIMITS, ...Object.fromEntries(texts) };
}

/** Reads a form; a day counts to its end, on the clock of whoever writes it. */
export function keyInput(texts: KeyTexts, now: number): { settings: KeySettings } | { wrong: WrongField[] } {
  const wrong: WrongField[] = [];
  const name = texts.name.trim();
  if (name === "") wrong.push("name");
  const expiresAt = texts.until === "" ? undefined : new Date(`${texts.until}T23:59:59.999`).getTime();
  if (expiresAt !== undefined && !(expiresAt > now)) wrong.push("until");
  const limits: Partial<Record<Limit, number>> = {};
  for (const limit of [...COUNTS, ...AMOUNTS]) {
    const isCount = COUNTS.some((one) => one === limit);
    const value = readNumber(texts[limit], isCount);
    if (value === "wrong") wrong.push(limit);
    else if (value !== undefined) limits[limit] = value;
  }
  if (wrong.length > 0) return { wrong };
  return { settings: { name, ...(expiresAt === undefined ? {} : { expiresAt }), routes: texts.routes, limits } };
}

function readNumber(text: string, isCount: boolean): number | undefined | "wrong" {
  // The Arabic decimal and thousands separators, and the Latin comma of thousands.
  const digits = latinDigits(text.trim()).replaceAll("٫", ".").replaceAll(/[٬,]/g, "");
  if (digits === "") return undefined;
  const isWritten = (isCount ? /^\d{1,9}$/ : /^\d{1,9}(\.\d{1,6})?$/).test(digits);
  return isWritten && Number(digits) > 0 ? Number(digits) : "wrong";
}

function dayOf(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
