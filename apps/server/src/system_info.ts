import type { Config } from "./config/mod.ts";
import type { RecentTimings } from "./providers/recent_timings.ts";
import type { RouteBook } from "./providers/route_book.ts";
import type { RouteStatus, SystemInfo, SystemStatus } from "./services.ts";
import { VERSION } from "./version.ts";

/** The set-up as it stands, read from whichever configuration is in force. */
export class ConfiguredSystem implements SystemInfo {
  readonly #current: () => { config: Config; routes: RouteBook };
  readonly #hasAdministrator: () => Promise<boolean>;
  readonly #timings: RecentTimings;

  constructor(
    current: () => { config: Config; routes: RouteBook },
    hasAdministrator: () => Promise<boolean>,
    timings: RecentTimings,
  ) {
    this.#current = current;
    this.#hasAdministrator = hasAdministrator;
    this.#timings = timings;
  }

  async status(): Promise<SystemStatus> {
    const { config, routes } = this.#current();
    const targets = routes.list().flatMap((route) => (route.route === "default" ? route.targets : []));
    const usable = targets.filter(({ isUsable }) => isUsable);
    return {
      version: VERSION,
      hasAdministrator: await this.#hasAdministrator(),
      hasUsableTarget: usable.length > 0,
      isTrialOnly: usable.length > 0 && usable.every(({ isTrial }) => isTrial),
      hints: [...config.hints],
    };
  }

  routes(): RouteStatus[] {
    const routes = this.#current().routes.list();
    return routes.map(({ route, targets }) => ({
      route,
      targets: targets.map((target) => ({ ...target, firstToken: this.#timings.of(target.provider, target.model) })),
    }));
  }
}
