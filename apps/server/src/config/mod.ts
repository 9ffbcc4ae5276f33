export type {
  Config,
  ConfigDialect,
  ConfigSource,
  ProviderConfig,
  RouteConfig,
  TargetConfig,
} from "./config.ts";
export { CONFIG_DIALECTS } from "./config.ts";
export type { ConfigProblem } from "./config_error.ts";
export { ConfigError } from "./config_error.ts";
export { defineConfig } from "./define_config.ts";
export type { ConfigFile } from "./file_schema.ts";
export { loadConfig } from "./load_config.ts";
export { resolveRoute } from "./resolve_route.ts";
export { maskKey, Secret } from "./secret.ts";
export type { WatchConfigOptions } from "./watch_config.ts";
export { watchConfig } from "./watch_config.ts";
