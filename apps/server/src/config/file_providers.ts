import type { ProviderPreset } from "@cogniforge/core/providers";
import type { ProviderConfig } from "./config.ts";
import type { ConfigReport } from "./config_error.ts";
import { presetModel, readDefaultModel } from "./default_models.ts";
import type { EnvironmentReader } from "./environment_reader.ts";
import type { ParsedConfigFile } from "./file_schema.ts";
import { type KnownProvider, MOCK_MODEL } from "./known_provider.ts";
import { isPlaceholder } from "./placeholder.ts";
import { baseUrlFor, dialectFor, isAtHome, presetFor } from "./provider_address.ts";
import { hideHeaderValues, Secret } from "./secret.ts";

type FileProvider = NonNullable<ParsedConfigFile["providers"]>[string];
type HttpFileProvider = Exclude<FileProvider, { dialect: "mock" | "ai-sdk" }>;

/** The providers of the file, in its order; those about which `checkFile` has errors are left out. */
export function readFileProviders(
  file: ParsedConfigFile,
  reader: EnvironmentReader,
  report: ConfigReport,
): KnownProvider[] {
  const defaultModel = readDefaultModel(reader);
  return Object.entries(file.providers ?? {}).flatMap(([name, provider]): KnownProvider | [] => {
    if (provider.dialect === "mock")
      return { config: mockProvider(name, provider), model: provider.model ?? MOCK_MODEL };
    if (provider.dialect === "ai-sdk") {
      return { config: sdkProvider(name, provider), model: provider.defaultModel ?? defaultModel };
    }
    const preset = presetFor(name, provider);
    const dialect = dialectFor(preset, provider);
    const baseUrl = baseUrlFor(preset, provider);
    if (dialect === undefined || baseUrl === undefined) return [];
    const config: ProviderConfig = {
      name,
      dialect,
      baseUrl,
      ...(preset && { preset: preset.name }),
      ...readKey(name, provider, preset, { reader, report }),
      ...(provider.headers && { headers: hideHeaderValues(provider.headers) }),
      ...(provider.prefill && { prefill: provider.prefill }),
      source: "file",
    };
    return { config, model: provider.model ?? modelOf(preset, defaultModel) };
  });
}

function modelOf(preset: ProviderPreset | undefined, defaultModel: string | undefined): string | undefined {
  return (preset && presetModel(preset.name, defaultModel)) ?? defaultModel;
}

function mockProvider(name: string, { text, paceMs }: Extract<FileProvider, { dialect: "mock" }>): ProviderConfig {
  return {
    name,
    dialect: "mock",
    ...(text !== undefined && { text }),
    ...(paceMs !== undefined && { paceMs }),
    isUsable: true,
    source: "file",
  };
}

function sdkProvider(
  name: string,
  { model, providerOptions }: Extract<FileProvider, { dialect: "ai-sdk" }>,
): ProviderConfig {
  return {
    name,
    dialect: "ai-sdk",
    sdk: { model, ...(providerOptions && { providerOptions }) },
    isUsable: true,
    source: "file",
  };
}

function readKey(
  name: string,
  provider: HttpFileProvider,
  preset: ProviderPreset | undefined,
  { reader, report }: { reader: EnvironmentReader; report: ConfigReport },
): Pick<ProviderConfig, "apiKey" | "keyVariable" | "isUsable"> {
  if (provider.apiKey !== undefined) {
    if (!isPlaceholder(provider.apiKey)) return { apiKey: new Secret(provider.apiKey), isUsable: true };
    report.notice(
      `The provider '${name}' is not used, as its apiKey is still a placeholder`,
      `لا يُستعمل المزود '${name}' لأن apiKey فيه ما زال قيمة نموذجية`,
    );
    return { isUsable: false };
  }
  const isOwn = preset !== undefined && isAtHome(preset, provider);
  const keyVariable = provider.apiKeyEnv ?? (isOwn ? preset.keyVariable : undefined);
  if (keyVariable === undefined) return { isUsable: true };
  const apiKey = reader.key(keyVariable);
  if (apiKey !== undefined) return { apiKey, keyVariable, isUsable: true };
  report.notice(
    `The provider '${name}' is not used, as its variable ${keyVariable} is not set`,
    `لا يُستعمل المزود '${name}' لأن متغيره ${keyVariable} غير مضبوط`,
  );
  return { keyVariable, isUsable: false };
}
