import type { Bilingual, FailureCause, FailureInfo } from "../events/mod.ts";
import { failureInfo, isFailureCode } from "./failure_info.ts";

const LANGUAGES = ["ar", "en"] as const;
const HEADINGS: Readonly<Record<(typeof LANGUAGES)[number], { remedy: string; causes: string }>> = {
  ar: { remedy: "ما ينبغي فعله", causes: "ما تمت تجربته" },
  en: { remedy: "What to do", causes: "What was tried" },
};

/**
 * One bilingual Markdown text, Arabic first, each language with its remedy and the targets that were tried.
 *
 * Safe to show as HTML too: the old browser client sets it unescaped.
 */
export function formatFailure(info: FailureInfo): string {
  const parts = LANGUAGES.map((language) => {
    const lines = [
      `**⚠️ ${escapeHtml(info.message[language])}**`,
      `**${HEADINGS[language].remedy}:** ${escapeHtml(info.remedy[language])}`,
    ];
    const causes = (info.causes ?? []).map((cause) => `- ${causeLine(cause, language)}`);
    if (causes.length > 0) lines.push(`**${HEADINGS[language].causes}:**\n${causes.join("\n")}`);
    return lines.join("\n\n");
  });
  return parts.join("\n\n---\n\n");
}

function causeLine(cause: FailureCause, language: keyof Bilingual): string {
  const what = isFailureCode(cause.code) ? failureInfo(cause.code, { causes: [cause] }).message[language] : cause.code;
  return `\`${codeSpan(`${cause.provider}/${cause.model}`)}\`: ${escapeHtml(what)} (\`${codeSpan(cause.code)}\`)`;
}

/** Inside a code span a backtick would end it. */
function codeSpan(text: string): string {
  return escapeHtml(text.replace(/[`\p{Cc}]/gu, ""));
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
