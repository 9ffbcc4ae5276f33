import type { Bilingual } from "@cogniforge/core/events";
import type { CheckResult, CheckStatus } from "../doctor/mod.ts";
import { SUBJECTS } from "../doctor/mod.ts";
import type { Language } from "./terminal.ts";
import { lineIn } from "./terminal.ts";

const TITLES: Readonly<Record<(typeof SUBJECTS)[number], Bilingual>> = {
  node: { en: "Node", ar: "‏Node" },
  versions: { en: "Versions", ar: "الإصدارات" },
  environment: { en: "Environment", ar: "متغيرات البيئة" },
  configuration: { en: "Configuration", ar: "الإعدادات" },
  store: { en: "Store", ar: "التخزين" },
  port: { en: "Port", ar: "المنفذ" },
  targets: { en: "Targets", ar: "الأهداف" },
  clock: { en: "Clock", ar: "الساعة" },
  telemetry: { en: "Telemetry", ar: "القياس عن بُعد" },
  doors: { en: "Doors", ar: "الأبواب" },
  public: { en: "Public address", ar: "العنوان العام" },
};

const SYMBOLS: Readonly<Record<CheckStatus, string>> = { ok: "✓", warning: "!", error: "✗", skipped: "–" };
const COLOURS: Readonly<Record<CheckStatus, number>> = { ok: 32, warning: 33, error: 31, skipped: 90 };

export type Counts = Record<CheckStatus, number>;

export function countsOf(results: readonly CheckResult[]): Counts {
  const counts: Counts = { ok: 0, warning: 0, error: 0, skipped: 0 };
  for (const { status } of results) counts[status] += 1;
  return counts;
}

/** Results in the order in which a report tells of their subjects; within one, as they came. */
export function inOrder(results: readonly CheckResult[]): CheckResult[] {
  return SUBJECTS.flatMap((subject) => results.filter((result) => subjectOf(result) === subject));
}

function subjectOf({ id }: CheckResult): string {
  return id.split(".", 1)[0] ?? id;
}

/** The report for a terminal, in one language. */
export function formatReport(
  results: readonly CheckResult[],
  { language, hasColours }: { language: Language; hasColours: boolean },
): string {
  const paint = (code: number, text: string) => (hasColours ? `\u001b[${code}m${text}\u001b[0m` : text);
  const lines: string[] = [];
  for (const subject of SUBJECTS) {
    const own = results.filter((result) => subjectOf(result) === subject);
    if (own.length === 0) continue;
    lines.push("", paint(1, lineIn(language, TITLES[subject][language])));
    for (const { status, message, remedy } of own) {
      const symbol = paint(COLOURS[status], SYMBOLS[status]);
      lines.push(lineIn(language, `  ${symbol} ${message[language]}`));
      if (remedy !== undefined && remedy[language] !== "") {
        lines.push(lineIn(language, `    ${language === "ar" ? "←" : "→"} ${remedy[language]}`));
      }
    }
  }
  const { ok, warning, error, skipped } = countsOf(results);
  const summary =
    language === "ar"
      ? `أخطاء: ${error} · تحذيرات: ${warning} · سليم: ${ok} · متجاوَز: ${skipped}`
      : `errors: ${error} · warnings: ${warning} · ok: ${ok} · skipped: ${skipped}`;
  const verdict =
    error > 0
      ? { en: "Something is wrong: see ✗ above", ar: "يوجد خلل: انظر ✗ أعلاه" }
      : { en: "Everything that matters works", ar: "كل ما يهم يعمل" };
  lines.push("", paint(error > 0 ? 31 : 32, lineIn(language, verdict[language])), lineIn(language, summary));
  return `${lines.join("\n").trimStart()}\n`;
}
