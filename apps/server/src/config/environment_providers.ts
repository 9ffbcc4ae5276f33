import { withVersionPath } from "./base_url.ts";
import { compatibleModel, DEFAULT_MODEL, readDefaultModel, vendorModel } from "./default_models.ts";
import type { EnvironmentReader } from "./environment_reader.ts";
import type { KnownProvider } from "./known_provider.ts";
import type { Secret } from "./secret.ts";

/** The names that the environment's providers have, each with the variable that makes it usable. */
export const ENVIRONMENT_PROVIDERS = {
  "ai-service": "AI_SERVICE_URL",
  openrouter: "OPENROUTER_API_KEY",
  openai: "OPENAI_API_KEY",
  anthropic: "ANTHROPIC_API_KEY",
  gemini: "GEMINI_API_KEY",
} as const;
export type EnvironmentProviderName = keyof typeof ENVIRONMENT_PROVIDERS;

export function isEnvironmentProvider(name: string): name is EnvironmentProviderName {
  return Object.hasOwn(ENVIRONMENT_PROVIDERS, name);
}

const ORIGINS = {
  openrouter: "https://openrouter.ai/api/v1",
  openai: "https://api.openai.com/v1",
  anthropic: "https://api.anthropic.com/v1",
  gemini: "https://generativelanguage.googleapis.com/v1beta/openai",
} as const;

/** The providers that the environment sets up, in the order in which the default route tries them. */
export function readEnvironmentProviders(reader: EnvironmentReader): KnownProvider[] {
  const model = readDefaultModel(reader) ?? DEFAULT_MODEL;
  const providers: KnownProvider[] = [];
  const add = (name: EnvironmentProviderName, baseUrl: string, asked: string, keyVariable: string, apiKey?: Secret) => {
    const key = apiKey && { apiKey };
    const config = {
      name,
      dialect: "openai-chat",
      baseUrl,
      keyVariable,
      isUsable: true,
      source: "environment",
      ...key,
    } as const;
    providers.push({ config, model: asked });
  };

  const serviceUrl = reader.baseUrl("AI_SERVICE_URL", withVersionPath);
  const serviceKey = reader.key("AI_SERVICE_KEY");
  if (serviceUrl !== undefined) add("ai-service", serviceUrl, model, "AI_SERVICE_KEY", serviceKey);

  // A bare origin is never where an API lives: Ollama, vLLM and llama.cpp all answer below /v1.
  const localUrl = reader.baseUrl("LLM_BASE_URL", (url) => (url.pathname === "/" ? withVersionPath(url) : url));
  const openaiKey = reader.key("OPENAI_API_KEY");
  if (localUrl !== undefined) add("openai", localUrl, compatibleModel(model), "OPENAI_API_KEY", openaiKey);

  const openrouterKey = reader.key("OPENROUTER_API_KEY");
  if (openrouterKey) add("openrouter", ORIGINS.openrouter, model, "OPENROUTER_API_KEY", openrouterKey);
  if (openaiKey && localUrl === undefined) {
    add("openai", ORIGINS.openai, vendorModel("openai", model), "OPENAI_API_KEY", openaiKey);
  }
  for (const name of ["anthropic", "gemini"] as const) {
    const variable = ENVIRONMENT_PROVIDERS[name];
    const key = reader.key(variable);
    if (key) add(name, ORIGINS[name], vendorModel(name, model), variable, key);
  }
  return providers;
}

/** A provider that a route of the file names, but that the environment does not set up: listed, never called. */
export function unsetEnvironmentProvider(name: EnvironmentProviderName, reader: EnvironmentReader): KnownProvider {
  const model = readDefaultModel(reader) ?? DEFAULT_MODEL;
  const baseUrl = name === "ai-service" ? undefined : { baseUrl: ORIGINS[name] };
  return {
    config: {
      name,
      dialect: "openai-chat",
      ...baseUrl,
      keyVariable: ENVIRONMENT_PROVIDERS[name],
      isUsable: false,
      source: "environment",
    },
    model: name === "ai-service" || name === "openrouter" ? model : vendorModel(name, model),
  };
}
