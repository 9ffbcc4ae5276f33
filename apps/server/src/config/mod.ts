export type { AiSdkModels, AiSdkSource, AiSdkTools } from "./ai_sdk_source.ts";
export type {
  Config,
  ConfigDialect,
  ConfigSource,
  ProviderConfig,
  RouteConfig,
  RouteOrigin,
  RouteValue,
  TargetConfig,
  ValueSource,
} from "./config.ts";
export { CONFIG_DIALECTS, ROUTE_VALUES } from "./config.ts";
export type { ConfigProblem } from "./config_error.ts";
export { ConfigError } from "./config_error.ts";
export type { ReadOnlyReason, RouteSettings } from "./console_routes.ts";
export { baseRoute, isDormant, layerRoutes, readOnlyReason } from "./console_routes.ts";
export { defineConfig } from "./define_config.ts";
export type { ConfigFile } from "./file_schema.ts";
export { isForbiddenAddress, isForbiddenHost } from "./forbidden_hosts.ts";
export type { LimitsConfig } from "./limits.ts";
export { loadConfig } from "./load_config.ts";
export { isProxyName, LOOPBACK } from "./proxy_names.ts";
export { resolveRoute } from "./resolve_route.ts";
export type { RetentionConfig } from "./retention.ts";
export { maskKey, Secret } from "./secret.ts";
export type { SharedConfig } from "./shared.ts";
export type { OtlpConfig, SamplerConfig, TelemetryConfig } from "./telemetry.ts";
export type { WatchConfigOptions } from "./watch_config.ts";
export { watchConfig } from "./watch_config.ts";
