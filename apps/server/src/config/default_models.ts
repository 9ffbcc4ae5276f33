import type { EnvironmentReader } from "./environment_reader.ts";

/** Model of the default route where nothing is set: a name in OpenRouter's style, `vendor/model`. */
export const DEFAULT_MODEL = "openai/gpt-4o-mini";

/** The model that is set for the default route, or `undefined`. */
export function readDefaultModel(reader: EnvironmentReader): string | undefined {
  return reader.realText("DEFAULT_AI_MODEL");
}

interface ModelNames {
  /** How routers begin the names of its models. */
  prefixes?: readonly string[];
  /** How its own names begin. */
  begins?: RegExp;
  /** What it is asked for where the default model is another's; absent where none is known to stay. */
  model?: string;
}

/** What known providers call their models. */
const NAMES: Readonly<Record<string, ModelNames>> = {
  openai: { prefixes: ["openai/"], begins: /^(gpt|o\d|chatgpt|ft:)/, model: "gpt-4o-mini" },
  anthropic: { prefixes: ["anthropic/"], begins: /^claude/, model: "claude-haiku-4-5" },
  gemini: { prefixes: ["google/", "gemini/"], begins: /^(gemini|gemma)/, model: "gemini-2.5-flash" },
  vertex: { prefixes: ["google/", "gemini/"], begins: /^gemini/ },
  deepseek: { prefixes: ["deepseek/"], begins: /^deepseek/ },
  mistral: {
    prefixes: ["mistralai/", "mistral/"],
    begins: /^(mistral|ministral|magistral|codestral|devstral)/,
    model: "mistral-small-latest",
  },
  xai: { prefixes: ["x-ai/", "xai/"], begins: /^grok/ },
  moonshot: { prefixes: ["moonshotai/"], begins: /^(kimi|moonshot)/ },
  dashscope: { prefixes: ["qwen/"], begins: /^(qwen|qwq)/, model: "qwen-plus" },
  zai: { prefixes: ["z-ai/", "zai/"], begins: /^glm/ },
  cohere: { prefixes: ["cohere/"], begins: /^command/ },
  perplexity: { prefixes: ["perplexity/"], begins: /^sonar/, model: "sonar" },
  groq: { model: "openai/gpt-oss-120b" },
  together: { model: "openai/gpt-oss-120b" },
};

/** Known providers that take a model's name in OpenRouter's style as it is. */
const ROUTERS: ReadonlySet<string> = new Set(["openrouter", "vercel"]);

/** Endings by which OpenRouter selects a variant of a model; vendors do not know them. */
const ROUTER_VARIANT = /:(free|thinking|nitro|floor|online|extended|beta|exacto)$/;

/**
 * The name under which a known provider is asked for the default model, or its own default where that is another's; `undefined`
 * where none is known.
 */
export function presetModel(preset: string, defaultModel: string = DEFAULT_MODEL): string | undefined {
  if (ROUTERS.has(preset)) return defaultModel;
  const { prefixes = [], begins, model } = NAMES[preset] ?? {};
  const prefix = prefixes.find((candidate) => defaultModel.startsWith(candidate));
  if (prefix === undefined) return begins?.test(defaultModel) ? defaultModel : model;
  const name = defaultModel.slice(prefix.length).replace(ROUTER_VARIANT, "");
  // Anthropic writes `claude-sonnet-4-5` where OpenRouter writes `claude-sonnet-4.5`.
  return preset === "anthropic" ? name.replaceAll(".", "-") : name;
}

/** The name for a server behind LLM_BASE_URL: only OpenAI's own prefix is taken off, as anything else may be a model there. */
export function compatibleModel(defaultModel: string): string {
  return defaultModel.replace(/^openai\//, "");
}
