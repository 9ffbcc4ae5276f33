import { basename } from "node:path";
import type { WallClock } from "@cogniforge/core/journal";
import type { Audit } from "../audit/mod.ts";
import type { Principal } from "../auth/principal.ts";
import { checkRoute } from "../config/check_route.ts";
import type { Config, ConfigProblem, ReadOnlyReason, RouteConfig, RouteOrigin, RouteSettings } from "../config/mod.ts";
import { baseRoute, isDormant, layerRoutes, readOnlyReason } from "../config/mod.ts";
import { FailureError } from "../failure_error.ts";
import type { RouteVersion, RouteVersions } from "../storage/mod.ts";
import type { RouteChange } from "./route_changes.ts";
import { routeChanges } from "./route_changes.ts";

/** A route as the console's editor shows it. */
export interface RouteSetup {
  route: string;
  /** The values in force. */
  values: Omit<RouteConfig, "name">;
  /** What holds where the console sets nothing. */
  configured: Omit<RouteConfig, "name">;
  origin: RouteOrigin;
  /** What the console set; absent where the route follows the configuration, or is the file's. */
  settings?: RouteSettings;
  /** None of the set targets can be asked, so that the configuration holds until one can. */
  isDormant?: true;
  /** The newest version; 0 where the console never changed it. A change must name it. */
  version: number;
  /** Why the console may not change it. */
  readOnly?: { reason: ReadOnlyReason; file?: string };
}

/** One change of a route with what it changed. */
export type RouteHistoryEntry = Omit<RouteVersion, "settings" | "route"> & {
  changes: RouteChange[];
  /** Whether the route followed the configuration after it. */
  isReset: boolean;
};

/** What became of a change: in force with its version, or refused with everything that is wrong, each at its field. */
export type RouteSaved = { isSaved: true; version: number } | { isSaved: false; problems: ConfigProblem[] };

/** Which route is changed, and on top of which version. */
export interface RouteChangeTarget {
  route: string;
  /** The version that whoever changes has seen; 0 for none. */
  after: number;
}

export interface RouteSettingsOptions {
  versions: RouteVersions;
  audit: Audit;
  clock: WallClock;
  /** The configuration as it was loaded, without the console's settings. */
  config: () => Config;
  /** Puts a change into force. */
  onChange: () => void;
  /** Told of a change that was made here and is kept. */
  onKept?: () => void;
}

interface Kept {
  version: number;
  settings: RouteSettings | null;
}

const MOVED_ON: ConfigProblem = {
  path: "",
  message: {
    en: "The route was changed by somebody else meanwhile: read it again and repeat the change",
    ar: "غيّر شخص آخر هذا المسار في هذه الأثناء: أعد قراءته ثم كرّر التغيير",
  },
};

/** The routes that administrators set in the console, with everything that was set before. */
export class RouteSettingsService {
  readonly #options: RouteSettingsOptions;
  #kept: Map<string, Kept>;

  private constructor(options: RouteSettingsOptions, kept: Map<string, Kept>) {
    this.#options = options;
    this.#kept = kept;
  }

  static async open(options: RouteSettingsOptions): Promise<RouteSettingsService> {
    return new RouteSettingsService(options, await readKept(options.versions));
  }

  /** Takes over what was changed over another replica. */
  async reload(): Promise<void> {
    const kept = await readKept(this.#options.versions);
    const isSame = JSON.stringify([...kept].sort()) === JSON.stringify([...this.#kept].sort());
    if (isSame) return;
    this.#kept = kept;
    this.#options.onChange();
  }

  /** A configuration with the console's routes laid over it. */
  layered(config: Config): Config {
    const settings = [...this.#kept].flatMap(([name, kept]): [string, RouteSettings][] =>
      kept.settings === null ? [] : [[name, kept.settings]],
    );
    return layerRoutes(config, new Map(settings));
  }

  list(): RouteSetup[] {
    const config = this.#options.config();
    const { routes, routeOrigins } = this.layered(config);
    return Object.values(routes).flatMap(({ name: route, ...values }) => {
      const origin = routeOrigins[route];
      if (origin === undefined) return [];
      const reason = readOnlyReason(config, route);
      const { name: _, ...configured } = baseRoute(config, route);
      const { settings = null, version = 0 } = this.#kept.get(route) ?? {};
      return {
        route,
        values,
        configured,
        origin,
        version,
        ...(settings !== null && reason === undefined && { settings }),
        ...(settings !== null &&
          reason === undefined &&
          isDormant(config, route, settings) && { isDormant: true as const }),
        ...(reason !== undefined && { readOnly: { reason, ...(config.file && { file: basename(config.file) }) } }),
      };
    });
  }

  /** Sets a route; what is absent in the settings follows the configuration. */
  async save(principal: Principal, target: RouteChangeTarget, settings: unknown): Promise<RouteSaved> {
    this.#refuseReadOnly(target.route);
    const checked = checkRoute(this.#options.config(), target.route, settings);
    if ("problems" in checked) return { isSaved: false, problems: checked.problems };
    return await this.#keep(principal, target, checked.settings);
  }

  /** Gives a route back to the configuration; one of the console's own is gone then. */
  async reset(principal: Principal, target: RouteChangeTarget): Promise<RouteSaved> {
    this.#refuseReadOnly(target.route);
    return await this.#keep(principal, target, null);
  }

  /** Brings a version back, as a new one: nothing that was set is lost. */
  async restore(principal: Principal, target: RouteChangeTarget, version: number): Promise<RouteSaved> {
    this.#refuseReadOnly(target.route);
    const versions = await this.#options.versions.of(target.route);
    const found = versions.find((one) => one.version === version);
    // Before its first version a route followed the configuration.
    if (found === undefined && version !== 0) throw new FailureError("not-found");
    const settings = found?.settings ?? null;
    if (settings === null) return await this.#keep(principal, target, null, version);
    const checked = checkRoute(this.#options.config(), target.route, settings);
    if ("problems" in checked) return { isSaved: false, problems: checked.problems };
    return await this.#keep(principal, target, checked.settings, version);
  }

  /** Every change of a route, the newest first. */
  async history(route: string): Promise<RouteHistoryEntry[]> {
    const versions = await this.#options.versions.of(route);
    return versions.map(({ settings, route: _, ...entry }, index) => {
      const [before, after] = [versions[index + 1]?.settings ?? null, settings] as (RouteSettings | null)[];
      return { ...entry, changes: routeChanges(before ?? null, after ?? null), isReset: settings === null };
    });
  }

  #refuseReadOnly(route: string): void {
    const config = this.#options.config();
    const reason = readOnlyReason(config, route);
    if (reason === undefined) return;
    const file = config.file === undefined ? "" : basename(config.file);
    throw new FailureError("forbidden", {
      param: "route",
      detail:
        reason === "file"
          ? { en: `The route is given in ${file}, and is changed there`, ar: `المسار مذكور في ${file}، ويُغيَّر هناك` }
          : { en: "LLM_FORCE_MOCK=true decides every route", ar: "‏LLM_FORCE_MOCK=true يحدّد كل مسار" },
    });
  }

  async #keep(
    principal: Principal,
    { route, after }: RouteChangeTarget,
    settings: RouteSettings | null,
    restored?: number,
  ): Promise<RouteSaved> {
    const { versions, audit, clock, onChange, onKept } = this.#options;
    const added = await versions.add(
      {
        route,
        at: clock.wallTime(),
        principal: principal.id,
        principalName: principal.name,
        settings,
        ...(restored !== undefined && { restored }),
      },
      after,
    );
    if (added === undefined) return { isSaved: false, problems: [MOVED_ON] };
    const before = this.#kept.get(route)?.settings ?? null;
    this.#kept.set(route, { version: added.version, settings });
    onChange();
    onKept?.();
    const action = restored !== undefined ? "route-restored" : settings === null ? "route-reset" : "route-changed";
    const detail = {
      version: added.version,
      ...(restored !== undefined && { restored }),
      changes: routeChanges(before, settings),
    };
    await audit.record(principal, { action, object: route, detail });
    return { isSaved: true, version: added.version };
  }
}

async function readKept(versions: RouteVersions): Promise<Map<string, Kept>> {
  const latest = await versions.latest();
  return new Map(
    latest.map(({ route, version, settings }): [string, Kept] => [
      route,
      { version, settings: settings as RouteSettings | null },
    ]),
  );
}
