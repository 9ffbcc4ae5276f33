import type { Bilingual } from "@cogniforge/core/events";
import type { ConfigReport } from "./config_error.ts";
import type { EnvironmentReader } from "./environment_reader.ts";

const alwaysStreams = { en: "answers are always streamed", ar: "تُبث الإجابات دائمًا" };
const setModel = { en: "set DEFAULT_AI_MODEL", ar: "اضبط DEFAULT_AI_MODEL" };
const routesInstead = { en: "name routes in the configuration file", ar: "عرّف المسارات في ملف الإعدادات" };
const noBudget = { en: "no budget is kept; set a limit with your provider", ar: "لا تُحفظ ميزانية؛ ضع حدًا عند مزودك" };
const backoff = {
  en: "waits between retries follow the provider's answer",
  ar: "فترات الانتظار بين المحاولات تتبع رد المزود",
};

/** Variables of the earlier system, and of a plan, that somebody may rely on and that do nothing here. */
const IGNORED: Readonly<Record<string, Bilingual>> = {
  LLM_ULTIMATE_COMPLEXITY_MODE: {
    en: "set LLM_EXTREME_COMPLEXITY_MODE=true",
    ar: "اضبط LLM_EXTREME_COMPLEXITY_MODE=true",
  },
  LLM_FORCE_MODEL: setModel,
  AI_MODEL_OVERRIDE: setModel,
  LLM_COST_BUDGET_SESSION: noBudget,
  LLM_DAILY_BUDGET: noBudget,
  LLM_SANITIZE_OUTPUT: { en: "answers are not redacted", ar: "لا تُنقّح الإجابات" },
  LLM_RETRY_ON_AUTH: {
    en: "a refused key is never retried, the next target is tried",
    ar: "لا يُعاد مفتاح مرفوض، بل يُجرّب الهدف التالي",
  },
  LLM_RETRY_BACKOFF_BASE: backoff,
  LLM_RETRY_JITTER: backoff,
  LLM_ENABLE_STREAM: alwaysStreams,
  ADMIN_AI_ENABLE_STREAMING: alwaysStreams,
  ENABLE_INTELLIGENT_ROUTING: routesInstead,
  MODEL_ALIAS_MAP_JSON: routesInstead,
};

/** Tells of variables that are set and change nothing, with what to do instead. */
export function reportIgnoredVariables(reader: EnvironmentReader, report: ConfigReport): void {
  for (const [variable, instead] of Object.entries(IGNORED)) {
    if (!reader.isSet(variable) || ["0", "false", "no", "off"].includes(reader.text(variable)?.toLowerCase() ?? ""))
      continue;
    report.notice(`${variable} is ignored: ${instead.en}`, `يُتجاهل ${variable}: ${instead.ar}`);
  }
  if (reader.isSet("AI_SERVICE_URL") && reader.isSet("SECRET_KEY") && !reader.isSet("AI_SERVICE_KEY")) {
    report.notice(
      "SECRET_KEY is ignored: the gateway gets the key of AI_SERVICE_KEY, as it is",
      "يُتجاهل SECRET_KEY: تتلقى البوابة مفتاح AI_SERVICE_KEY كما هو",
    );
  }
}
