import type { Bilingual } from "../events/mod.ts";

interface Unit {
  ms: number;
  en: readonly [one: string, many: string];
  /** After «بعد»: 1, 2, 3 to 10, 11 to 99, and the hundreds. */
  ar: Readonly<Record<"one" | "two" | "few" | "many" | "other", string>>;
}

const UNITS: readonly Unit[] = [
  {
    ms: 86_400_000,
    en: ["day", "days"],
    ar: { one: "يوم واحد", two: "يومين", few: "أيام", many: "يومًا", other: "يوم" },
  },
  {
    ms: 3_600_000,
    en: ["hour", "hours"],
    ar: { one: "ساعة واحدة", two: "ساعتين", few: "ساعات", many: "ساعة", other: "ساعة" },
  },
  {
    ms: 60_000,
    en: ["minute", "minutes"],
    ar: { one: "دقيقة واحدة", two: "دقيقتين", few: "دقائق", many: "دقيقة", other: "دقيقة" },
  },
  {
    ms: 1000,
    en: ["second", "seconds"],
    ar: { one: "ثانية واحدة", two: "ثانيتين", few: "ثوانٍ", many: "ثانية", other: "ثانية" },
  },
];

/** Two of a unit read better than 90 of the next smaller one: "90 seconds", but "2 minutes". */
const SMALLEST_COUNT = 2;

/**
 * When to ask again, in words: "in 48 seconds" and «بعد 48 ثانية», rounded up so that nobody comes too early.
 * Without a known wait, "in a moment".
 */
export function waitText(waitMs: number | undefined): Bilingual {
  if (waitMs === undefined || !Number.isFinite(waitMs)) return { en: "in a moment", ar: "بعد قليل" };
  const ms = Math.max(waitMs, 1000);
  const unit = UNITS.find((one) => ms >= one.ms * SMALLEST_COUNT) ?? (UNITS[3] as Unit);
  const count = Math.ceil(ms / unit.ms);
  return { en: `in ${count} ${unit.en[count === 1 ? 0 : 1]}`, ar: `بعد ${arabicCount(count, unit.ar)}` };
}

/** A number with its counted noun, as Arabic counts: one and two are words of their own, 3 to 10 take the plural. */
export function arabicCount(count: number, forms: Unit["ar"]): string {
  const category = new Intl.PluralRules("ar").select(count);
  if (category === "one" || category === "two") return forms[category];
  return `${count} ${forms[category === "zero" ? "other" : category]}`;
}
