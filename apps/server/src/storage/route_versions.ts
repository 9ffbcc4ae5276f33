/** One change of a route in the console. */
export interface RouteVersion<Settings = unknown> {
  /** Grows with every change of any route, and is never used twice. */
  version: number;
  route: string;
  /** Epoch milliseconds. */
  at: number;
  /** `user:…` or `key:…`. */
  principal: string;
  /** The principal's name at that time. */
  principalName: string;
  /** What was set; `null` where the route went back to the configuration. */
  settings: Settings | null;
  /** The version that was brought back with this one. */
  restored?: number;
}

/** The store of what was set for routes in the console, with everything that was set before. */
export interface RouteVersions {
  /** The newest version of each route. */
  latest(): Promise<RouteVersion[]>;
  /** Every version of one route, the newest first. */
  of(route: string): Promise<RouteVersion[]>;
  /**
   * Adds a version after the newest one, which must be `after` (`0` for none): two who change a route at the same time must
   * not undo each other unseen.
   *
   * @returns `undefined` where another version came between.
   */
  add(version: Omit<RouteVersion, "version">, after: number): Promise<RouteVersion | undefined>;
}
