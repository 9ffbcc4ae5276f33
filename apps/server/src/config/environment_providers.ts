import type { ProviderPreset } from "@cogniforge/core/providers";
import { PRESETS, presetOf } from "@cogniforge/core/providers";
import { withVersionPath } from "./base_url.ts";
import type { ConfigReport } from "./config_error.ts";
import { compatibleModel, DEFAULT_MODEL, presetModel, readDefaultModel } from "./default_models.ts";
import type { EnvironmentReader } from "./environment_reader.ts";
import type { KnownProvider } from "./known_provider.ts";
import { azureUrl } from "./provider_address.ts";
import type { Secret } from "./secret.ts";

const SERVICE = "ai-service";

/** The known providers that lead the default route, in this order, before all others. */
const LEADERS = ["openrouter", "openai", "anthropic", "gemini"] as const;

/** The known providers that a key in the environment sets up, in the order in which the default route tries them. */
const KEYED: readonly ProviderPreset[] = [
  ...LEADERS.flatMap((name) => presetOf(name) ?? []),
  ...PRESETS.filter(
    ({ name, keyVariable, isKeyShared }) =>
      keyVariable !== undefined && !isKeyShared && !(LEADERS as readonly string[]).includes(name),
  ),
];

/** The names that the environment's providers have. */
export const ENVIRONMENT_PROVIDERS = [SERVICE, ...KEYED.map(({ name }) => name)] as readonly string[];

export function isEnvironmentProvider(name: string): boolean {
  return ENVIRONMENT_PROVIDERS.includes(name);
}

/** Whether a provider of the environment has a model where a target names none. */
export function hasEnvironmentModel(name: string, defaultModel: string | undefined): boolean {
  return name === SERVICE || presetModel(name, defaultModel) !== undefined;
}

/** The providers that the environment sets up, in the order in which the default route tries them. */
export function readEnvironmentProviders(reader: EnvironmentReader, report: ConfigReport): KnownProvider[] {
  const model = readDefaultModel(reader) ?? DEFAULT_MODEL;
  const providers: KnownProvider[] = [];
  const add = (name: string, baseUrl: string, asked: string, keyVariable: string, apiKey?: Secret) => {
    const key = apiKey && { apiKey };
    const own = { isUsable: true, source: "environment", ...key } as const;
    providers.push({ config: { name, dialect: "openai-chat", baseUrl, keyVariable, ...own }, model: asked });
  };

  const serviceUrl = reader.baseUrl("AI_SERVICE_URL", withVersionPath);
  const serviceKey = reader.key("AI_SERVICE_KEY");
  if (serviceUrl !== undefined) add(SERVICE, serviceUrl, model, "AI_SERVICE_KEY", serviceKey);

  // A bare origin is never where an API lives: Ollama, vLLM and llama.cpp all answer below /v1.
  const localUrl = reader.baseUrl("LLM_BASE_URL", (url) => (url.pathname === "/" ? withVersionPath(url) : url));
  if (localUrl !== undefined) {
    add("openai", localUrl, compatibleModel(model), "OPENAI_API_KEY", reader.key("OPENAI_API_KEY"));
  }
  for (const preset of KEYED) {
    if (preset.name === "openai" && localUrl !== undefined) continue;
    const provider = readKeyed(preset, model, reader, report);
    if (provider !== undefined) providers.push(provider);
  }
  return providers;
}

function readKeyed(
  preset: ProviderPreset,
  defaultModel: string,
  reader: EnvironmentReader,
  report: ConfigReport,
): KnownProvider | undefined {
  const apiKey = preset.keyVariable === undefined ? undefined : reader.key(preset.keyVariable);
  if (apiKey === undefined) return undefined;
  const baseUrl = readBaseUrl(preset, reader);
  if (baseUrl === undefined) {
    report.notice(
      `${preset.keyVariable} does nothing alone: set ${preset.baseUrlVariable} to the address of your resource`,
      `لا أثر لـ ${preset.keyVariable} وحده: اضبط ${preset.baseUrlVariable} على عنوان موردك`,
    );
    return undefined;
  }
  const known = describe(preset, defaultModel);
  return { ...known, config: { ...known.config, baseUrl, apiKey, isUsable: true } };
}

function readBaseUrl({ endpoints, baseUrlVariable }: ProviderPreset, reader: EnvironmentReader): string | undefined {
  const [{ baseUrl, dialect }] = endpoints;
  if (baseUrlVariable === undefined) return baseUrl;
  return reader.baseUrl(baseUrlVariable, (url) => new URL(azureUrl(url, dialect)));
}

/** A known provider as it is without its key: listed, never called. */
function describe({ name, endpoints, keyVariable, baseUrlVariable }: ProviderPreset, defaultModel: string) {
  const [{ dialect, baseUrl }] = endpoints;
  return {
    config: {
      name,
      dialect,
      ...(baseUrlVariable === undefined && { baseUrl }),
      preset: name,
      ...(keyVariable !== undefined && { keyVariable }),
      isUsable: false,
      source: "environment",
    },
    model: presetModel(name, defaultModel),
  } satisfies KnownProvider;
}

/** A provider that a route of the file names, but that the environment does not set up: listed, never called. */
export function unsetEnvironmentProvider(name: string, reader: EnvironmentReader): KnownProvider {
  const model = readDefaultModel(reader) ?? DEFAULT_MODEL;
  const preset = presetOf(name);
  if (preset !== undefined) return describe(preset, model);
  const unset = { keyVariable: "AI_SERVICE_URL", isUsable: false, source: "environment" } as const;
  return { config: { name, dialect: "openai-chat", ...unset }, model };
}
