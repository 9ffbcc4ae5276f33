import type { EnvironmentReader } from "./environment_reader.ts";

/** Model of the default route where nothing is set: a name in OpenRouter's style, `vendor/model`. */
export const DEFAULT_MODEL = "openai/gpt-4o-mini";

/** The model that is set for the default route, or `undefined`. */
export function readDefaultModel(reader: EnvironmentReader): string | undefined {
  return reader.realText("DEFAULT_AI_MODEL");
}

/** What a vendor's own API calls its models, and what it is asked for where the default model is another vendor's. */
const VENDORS = {
  openai: { prefixes: ["openai/"], begins: /^(gpt|o\d|chatgpt|ft:)/, model: "gpt-4o-mini" },
  anthropic: { prefixes: ["anthropic/"], begins: /^claude/, model: "claude-haiku-4-5" },
  gemini: { prefixes: ["google/", "gemini/"], begins: /^(gemini|gemma)/, model: "gemini-2.5-flash" },
} as const;
export type Vendor = keyof typeof VENDORS;

/** Endings by which OpenRouter selects a variant of a model; vendors do not know them. */
const ROUTER_VARIANT = /:(free|thinking|nitro|floor|online|extended|beta|exacto)$/;

/** The name under which a vendor's own API knows the default model, or that vendor's default where it is another's. */
export function vendorModel(vendor: Vendor, defaultModel: string): string {
  const { prefixes, begins, model } = VENDORS[vendor];
  const prefix = prefixes.find((candidate) => defaultModel.startsWith(candidate));
  if (prefix === undefined) return begins.test(defaultModel) ? defaultModel : model;
  const name = defaultModel.slice(prefix.length).replace(ROUTER_VARIANT, "");
  // Anthropic writes `claude-sonnet-4-5` where OpenRouter writes `claude-sonnet-4.5`.
  return vendor === "anthropic" ? name.replaceAll(".", "-") : name;
}

/** The name for a server behind LLM_BASE_URL: only OpenAI's own prefix is taken off, as anything else may be a model there. */
export function compatibleModel(defaultModel: string): string {
  return defaultModel.replace(/^openai\//, "");
}
