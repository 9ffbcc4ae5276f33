export type { RouteChange, ShownValue } from "./route_changes.ts";
export type { RouteHistoryEntry, RouteSaved, RouteSetup } from "./route_settings.ts";
export { RouteSettingsService } from "./route_settings.ts";
