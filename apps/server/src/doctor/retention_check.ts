import type { RetentionConfig } from "../config/mod.ts";
import type { CheckResult } from "./check.ts";
import { say } from "./check.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How long what is kept is kept: nothing to be right or wrong, but what an administrator wants to see. */
export function checkRetention(retention: RetentionConfig): CheckResult {
  const { compactAfterMs, conversationsMs, answersMs, measuresMs, auditMs } = retention;
  const parts = [
    ["conversations", "المحادثات", conversationsMs],
    ["answers of programs", "إجابات البرامج", answersMs],
    ["measures of single answers", "قياسات الإجابات المفردة", measuresMs],
    ["log of changes", "سجل التغييرات", auditMs],
  ] as const;
  // The unit stands before all numbers, so that none of them needs a plural.
  const english = parts.map(([name, , ms]) => `${name} ${ms === undefined ? "for ever" : ms / DAY_MS}`);
  const arabic = parts.map(([, name, ms]) => `${name} ${ms === undefined ? "دائمًا" : ms / DAY_MS}`);
  const hours = (compactAfterMs ?? 0) / HOUR_MS;
  const compacted =
    compactAfterMs === undefined
      ? say("journals are not compacted", "لا تُضغط السجلات")
      : say(`hours until a journal is compacted: ${hours}`, `الساعات حتى ضغط السجل: ${hours}`);
  return {
    id: "store.retention",
    status: "ok",
    message: say(
      `Days kept: ${english.join(", ")}; ${compacted.en}`,
      `أيام الحفظ: ${arabic.join("، ")}؛ ${compacted.ar}`,
    ),
    // 0 as in the configuration: for ever, or never.
    details: {
      compactAfterHours: hours,
      conversationDays: (conversationsMs ?? 0) / DAY_MS,
      answerDays: (answersMs ?? 0) / DAY_MS,
      measureDays: (measuresMs ?? 0) / DAY_MS,
      auditDays: (auditMs ?? 0) / DAY_MS,
    },
  };
}
