import type { ConfigReport } from "./config_error.ts";
import { isEnvironmentProvider, unsetEnvironmentProvider } from "./environment_providers.ts";
import type { EnvironmentReader } from "./environment_reader.ts";
import { readFileProviders } from "./file_providers.ts";
import type { ParsedConfigFile } from "./file_schema.ts";
import { type KnownProvider, MOCK_MODEL } from "./known_provider.ts";

export { readEnvironmentProviders } from "./environment_providers.ts";

interface CollectOptions {
  reader: EnvironmentReader;
  hasMock: boolean;
  report: ConfigReport;
}

/** All providers by name: the file's first, in its order, then those of the environment, set up or only named. */
export function collectProviders(
  file: ParsedConfigFile | undefined,
  ofEnvironment: readonly KnownProvider[],
  { reader, hasMock, report }: CollectOptions,
): Map<string, KnownProvider> {
  const providers = new Map<string, KnownProvider>();
  const add = (provider: KnownProvider) => {
    if (!providers.has(provider.config.name)) providers.set(provider.config.name, provider);
  };
  if (file !== undefined) {
    readFileProviders(file, reader, report).forEach(add);
  }
  ofEnvironment.forEach(add);
  if (hasMock)
    add({ config: { name: "mock", dialect: "mock", isUsable: true, source: "environment" }, model: MOCK_MODEL });
  for (const { provider } of Object.values(file?.routes ?? {}).flatMap(({ targets }) => targets)) {
    if (providers.has(provider) || !isEnvironmentProvider(provider)) continue;
    const unset = unsetEnvironmentProvider(provider, reader);
    report.notice(
      `The provider '${provider}' is not used, as its variable ${unset.config.keyVariable} is not set`,
      `لا يُستعمل المزود '${provider}' لأن متغيره ${unset.config.keyVariable} غير مضبوط`,
    );
    add(unset);
  }
  return providers;
}
