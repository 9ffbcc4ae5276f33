import { relative } from "node:path";
import type { Config, ConfigSource } from "./config.ts";
import { ConfigError, ConfigReport } from "./config_error.ts";
import { findConfigFile, readConfigFile } from "./config_file.ts";
import { readDefaultModel } from "./default_models.ts";
import { readEnvironment } from "./dot_env.ts";
import { EnvironmentReader } from "./environment_reader.ts";
import type { ParsedConfigFile } from "./file_schema.ts";
import { deepFreeze, toRecord } from "./frozen.ts";
import { reportIgnoredVariables } from "./ignored_variables.ts";
import { type Policy, readPolicy } from "./policy.ts";
import { readRetention } from "./read_retention.ts";
import { routeOrigins } from "./route_origins.ts";
import { buildRoutes, DEFAULT_ROUTE, forceMock } from "./routes.ts";
import { readSettings } from "./settings.ts";
import { setupHints } from "./setup_hints.ts";

/**
 * Reads the environment, `.env` and the configuration file into one checked and frozen configuration.
 *
 * @throws {ConfigError} With every error of all three at once.
 */
export async function loadConfig(source: ConfigSource): Promise<Config> {
  const report = new ConfigReport();
  const reader = new EnvironmentReader(await readEnvironment(source, report), report);
  const settings = readSettings(reader, source.directory, report);
  const policy = readPolicy(reader, settings.isExtreme);
  const isMockAllowed = reader.boolean("ALLOW_MOCK_LLM", false);
  const hasMock = isMockAllowed || settings.isMockForced;
  // Loaded only here: a configuration file that imports `defineConfig` must not need what the server is made of.
  const { collectProviders, readEnvironmentProviders } = await import("./collect_providers.ts");
  const ofEnvironment = readEnvironmentProviders(reader, report);
  reportIgnoredVariables(reader, report);

  const path = await findConfigFile(reader, source.directory, report);
  const file =
    path === undefined ? undefined : await readFileContent(path, { source, reader, policy, hasMock, report });
  const retention = readRetention(reader, file?.retention);
  const providers = collectProviders(file, ofEnvironment, { reader, hasMock, report });
  if (report.errors.length > 0) throw new ConfigError(report.errors, path);

  const routes = buildRoutes(file, { providers, policy, isExtreme: settings.isExtreme, isMockAllowed }, report);
  const route = routes.get(DEFAULT_ROUTE);
  const isRouteOfFile = file?.routes?.[DEFAULT_ROUTE] !== undefined;
  return deepFreeze({
    ...settings,
    isMockAllowed,
    providers: toRecord([...providers].map(([name, { config }]) => [name, config])),
    routes: toRecord(settings.isMockForced ? forceMock(routes, providers) : routes),
    routeOrigins: toRecord(routeOrigins({ file, reader, isExtreme: settings.isExtreme })),
    prices: toRecord(Object.entries(file?.prices ?? {})),
    hedging: { ...file?.hedging },
    retention,
    hints: route ? setupHints(reader, { route, providers, isRouteOfFile, isMockAllowed: hasMock }) : [],
    notices: report.notices,
    ...(path !== undefined && { file: path }),
  });
}

interface FileContext {
  source: ConfigSource;
  reader: EnvironmentReader;
  policy: Policy;
  hasMock: boolean;
  report: ConfigReport;
}

async function readFileContent(path: string, context: FileContext): Promise<ParsedConfigFile | undefined> {
  const { reader, report } = context;
  const name = relative(context.source.directory, path);
  const raw = await readConfigFile(path, name, report);
  if (raw === undefined) return undefined;
  const [{ parseConfigFile }, { checkFile }] = await Promise.all([
    import("./parse_file.ts"),
    import("./check_file.ts"),
  ]);
  const file = parseConfigFile(raw, report, name);
  checkFile(
    raw,
    {
      hasMock: context.hasMock,
      defaultModel: readDefaultModel(reader),
      totalMs: context.policy.timeouts.totalMs,
    },
    report,
  );
  return file;
}
