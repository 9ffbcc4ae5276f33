import type { ProviderConfig, RouteConfig } from "./config.ts";
import type { EnvironmentReader } from "./environment_reader.ts";
import type { KnownProvider } from "./known_provider.ts";
import type { SetupHint } from "./setup_hint.ts";

type Advice = Pick<SetupHint, "variable" | "effect">;

const ADVICE: readonly Advice[] = [
  {
    variable: "OPENROUTER_API_KEY",
    effect: { en: "OpenRouter answers, with the models of many vendors", ar: "يجيب OpenRouter بنماذج من شركات كثيرة" },
  },
  { variable: "OPENAI_API_KEY", effect: { en: "OpenAI answers", ar: "يجيب OpenAI" } },
  { variable: "ANTHROPIC_API_KEY", effect: { en: "Anthropic's Claude answers", ar: "يجيب Claude من Anthropic" } },
  { variable: "GEMINI_API_KEY", effect: { en: "Google's Gemini answers", ar: "يجيب Gemini من Google" } },
  {
    variable: "AI_SERVICE_URL",
    effect: { en: "Your own OpenAI-compatible gateway answers first", ar: "تجيب أولًا بوابتك المتوافقة مع OpenAI" },
  },
  {
    variable: "LLM_BASE_URL",
    effect: {
      en: "A local server answers, such as Ollama at http://127.0.0.1:11434/v1",
      ar: "يجيب خادم محلي مثل Ollama على http://127.0.0.1:11434/v1",
    },
  },
];

const TRIAL: Advice = {
  variable: "ALLOW_MOCK_LLM",
  effect: {
    en: "Set to true, trial answers come without any key",
    ar: "عند ضبطه على true تأتي إجابات تجريبية دون أي مفتاح",
  },
};

interface HintOptions {
  /** The default route as it would be without a forced mock. */
  route: RouteConfig;
  providers: ReadonlyMap<string, KnownProvider>;
  /** Whether the default route is the file's own, so that only its providers can help. */
  isRouteOfFile: boolean;
  isMockAllowed: boolean;
}

/** What to set, in order of advice; nothing when the default route has a real target that is usable. */
export function setupHints(reader: EnvironmentReader, options: HintOptions): SetupHint[] {
  const targets = options.route.targets.flatMap(({ provider }) => options.providers.get(provider)?.config ?? []);
  if (targets.some(({ dialect, isUsable }) => isUsable && dialect !== "mock")) return [];
  const advice = [
    ...targets.flatMap(adviceOf),
    ...(options.isRouteOfFile ? [] : ADVICE),
    ...(options.isMockAllowed ? [] : [TRIAL]),
  ];
  const byVariable = new Map(advice.map((entry) => [entry.variable, entry]));
  const hints = [...byVariable.values()].map(({ variable, effect }): SetupHint => {
    return { variable, state: reader.isPlaceholder(variable) ? "placeholder" : "missing", effect };
  });
  // Who left a placeholder has begun with that variable: it comes first.
  return [...hints.filter(({ state }) => state === "placeholder"), ...hints.filter(({ state }) => state === "missing")];
}

function adviceOf({ name, dialect, isUsable, keyVariable, source }: ProviderConfig): Advice[] {
  if (isUsable || dialect === "mock" || keyVariable === undefined) return [];
  const known = source === "environment" ? ADVICE.find(({ variable }) => variable === keyVariable) : undefined;
  const effect = { en: `The provider '${name}' answers`, ar: `يجيب المزود '${name}'` };
  return [known ?? { variable: keyVariable, effect }];
}
