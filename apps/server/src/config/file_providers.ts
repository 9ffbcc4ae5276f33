import { formatBaseUrl } from "./base_url.ts";
import type { ProviderConfig } from "./config.ts";
import type { ConfigReport } from "./config_error.ts";
import { readDefaultModel } from "./default_models.ts";
import type { EnvironmentReader } from "./environment_reader.ts";
import type { ParsedConfigFile } from "./file_schema.ts";
import { type KnownProvider, MOCK_MODEL } from "./known_provider.ts";
import { isPlaceholder } from "./placeholder.ts";
import { hideHeaderValues, Secret } from "./secret.ts";

type FileProvider = NonNullable<ParsedConfigFile["providers"]>[string];

/** The providers of the file, in its order. */
export function readFileProviders(
  file: ParsedConfigFile,
  reader: EnvironmentReader,
  report: ConfigReport,
): KnownProvider[] {
  const defaultModel = readDefaultModel(reader);
  return Object.entries(file.providers ?? {}).map(([name, provider]) => {
    if (provider.dialect === "mock")
      return { config: mockProvider(name, provider), model: provider.model ?? MOCK_MODEL };
    const { apiKey, isUsable } = readKey(name, provider, reader, report);
    const config: ProviderConfig = {
      name,
      dialect: provider.dialect,
      baseUrl: formatBaseUrl(new URL(provider.baseUrl.trim())),
      ...(apiKey && { apiKey }),
      ...(provider.apiKeyEnv !== undefined && { keyVariable: provider.apiKeyEnv }),
      ...(provider.headers && { headers: hideHeaderValues(provider.headers) }),
      ...(provider.prefill && { prefill: provider.prefill }),
      isUsable,
      source: "file",
    };
    return { config, model: provider.model ?? defaultModel };
  });
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

function readKey(
  name: string,
  provider: Extract<FileProvider, { dialect: "openai-chat" }>,
  reader: EnvironmentReader,
  report: ConfigReport,
): { apiKey?: Secret; isUsable: boolean } {
  if (provider.apiKeyEnv !== undefined) {
    const apiKey = reader.key(provider.apiKeyEnv);
    if (apiKey !== undefined) return { apiKey, isUsable: true };
    report.notice(
      `The provider '${name}' is not used, as its variable ${provider.apiKeyEnv} is not set`,
      `لا يُستعمل المزود '${name}' لأن متغيره ${provider.apiKeyEnv} غير مضبوط`,
    );
    return { isUsable: false };
  }
  if (provider.apiKey === undefined) return { isUsable: true };
  if (!isPlaceholder(provider.apiKey)) return { apiKey: new Secret(provider.apiKey), isUsable: true };
  report.notice(
    `The provider '${name}' is not used, as its apiKey is still a placeholder`,
    `لا يُستعمل المزود '${name}' لأن apiKey فيه ما زال قيمة نموذجية`,
  );
  return { isUsable: false };
}
