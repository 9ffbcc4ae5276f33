import { PRESETS } from "@cogniforge/core/providers";
import { isPlaceholder } from "../config/placeholder.ts";
import { maskKey } from "../config/secret.ts";
import type { CheckResult } from "./check.ts";
import { say } from "./check.ts";
import type { Patient } from "./patient.ts";

/** Told of also where they are not set, in the order of advice. */
const ADVISED = [
  "OPENROUTER_API_KEY",
  "OPENAI_API_KEY",
  "ANTHROPIC_API_KEY",
  "GEMINI_API_KEY",
  "AI_SERVICE_URL",
  "LLM_BASE_URL",
];

/** Told of where they are set. */
const OTHERS = [
  "AI_SERVICE_KEY",
  ...PRESETS.flatMap(({ keyVariable }) => keyVariable ?? []),
  "COGNIFORGE_API_KEY",
  "ADMIN_EMAIL",
  "ADMIN_PASSWORD",
];

/** Each variable that makes something answer: found, a placeholder, or missing; a value only masked. */
export async function* checkEnvironment({ environment, config }: Patient): AsyncGenerator<CheckResult> {
  const ofFile = Object.values(config?.providers ?? {}).flatMap(({ keyVariable }) => keyVariable ?? []);
  for (const variable of new Set([...ADVISED, ...OTHERS, ...ofFile])) {
    const value = environment[variable]?.trim() ?? "";
    if (value !== "" || ADVISED.includes(variable)) yield resultOf(variable, value);
  }
}

function resultOf(variable: string, value: string): CheckResult {
  const id = `environment.${variable}`;
  if (value === "") {
    return {
      id,
      status: "skipped",
      message: say(`${variable} is not set`, `${variable} غير مضبوط`),
      details: { variable, state: "missing" },
    };
  }
  if (isPlaceholder(value)) {
    return {
      id,
      status: "warning",
      message: say(
        `${variable} still holds a placeholder, so it counts as not set`,
        `ما زال ${variable} يحمل قيمة نموذجية، فيُعدّ غير مضبوط`,
      ),
      remedy: say(
        `Put the real value in .env or in the environment (in a Codespace: a secret), or remove ${variable}`,
        `ضع القيمة الحقيقية في الملف ‎.env أو في متغيرات البيئة (في Codespace: سرّ)، أو احذف ${variable}`,
      ),
      details: { variable, state: "placeholder" },
    };
  }
  const shown = shownValue(variable, value);
  return {
    id,
    status: "ok",
    message: say(`${variable} is set: ${shown}`, `${variable} مضبوط: ‎${shown}`),
    details: { variable, state: "found", value: shown },
  };
}

/** Of an address its host, of a key its mask, of a password nothing. */
function shownValue(variable: string, value: string): string {
  if (variable.endsWith("_URL")) return URL.parse(value)?.origin ?? "…";
  if (variable === "ADMIN_EMAIL") return value.replace(/^(.).*(?=@)/, "$1…");
  return variable.endsWith("PASSWORD") ? "…" : maskKey(value);
}
