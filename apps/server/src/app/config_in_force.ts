import { systemWallClock } from "@cogniforge/core/journal";
import type { ProviderFetch } from "@cogniforge/core/providers";
import type { Audit } from "../audit/mod.ts";
import type { Config } from "../config/mod.ts";
import { RouteBook } from "../providers/route_book.ts";
import { RouteSettingsService } from "../settings/mod.ts";
import type { RouteVersions } from "../storage/mod.ts";

/** What the server goes by at this moment. A change replaces both, so they are read anew each time and never kept. */
export interface Current {
  /** The loaded configuration with the console's routes laid over it. */
  config: Config;
  routes: RouteBook;
}

/** The configuration and its routes, with everything that may change them while the server runs. */
export interface ConfigInForce {
  readonly current: Readonly<Current>;
  readonly routeSettings: RouteSettingsService;
  /** Puts a configuration that was loaded anew into force; running answers keep what they began with. */
  replace(loaded: Config): void;
}

export interface ConfigInForceOptions {
  /** As it was loaded. */
  config: Config;
  versions: RouteVersions;
  audit: Audit;
  /** What providers call their upstreams with. */
  fetch: ProviderFetch;
  /** Told of a route that was changed here and is kept. */
  onKept: () => void;
}

/** Reads what the console has set, and lays it over the configuration. */
export async function openConfigInForce(options: ConfigInForceOptions): Promise<ConfigInForce> {
  const { config, versions, audit, fetch, onKept } = options;
  let loaded = config;
  const routeSettings = await RouteSettingsService.open({
    versions,
    audit,
    clock: systemWallClock,
    config: () => loaded,
    onChange() {
      current.config = routeSettings.layered(loaded);
      // Only routes differ: the providers stay, and with them their drills.
      current.routes = new RouteBook(current.config, fetch, current.routes.providers);
    },
    onKept,
  });
  const layered = routeSettings.layered(config);
  const current: Current = { config: layered, routes: new RouteBook(layered, fetch) };
  return {
    current,
    routeSettings,
    replace(changed) {
      loaded = changed;
      current.config = routeSettings.layered(changed);
      current.routes = new RouteBook(current.config, fetch);
    },
  };
}
