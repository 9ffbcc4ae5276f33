import type { Selectable } from "kysely";
import type { RecordDatabase } from "./record_database.ts";
import type { RouteVersion, RouteVersions } from "./route_versions.ts";
import type { StorageSchema } from "./schema.ts";

/** Versions of routes through Kysely. */
export class KyselyRouteVersions implements RouteVersions {
  readonly #database: RecordDatabase;

  constructor(database: RecordDatabase) {
    this.#database = database;
  }

  async latest(): Promise<RouteVersion[]> {
    const { kysely } = this.#database;
    const newest = kysely
      .selectFrom("route_versions")
      .select(({ fn }) => fn.max("version").as("version"))
      .groupBy("route");
    const rows = await kysely
      .selectFrom("route_versions")
      .selectAll()
      .where("version", "in", newest)
      .orderBy("route")
      .execute();
    return rows.map(versionOf);
  }

  async of(route: string): Promise<RouteVersion[]> {
    const rows = await this.#database.kysely
      .selectFrom("route_versions")
      .selectAll()
      .where("route", "=", route)
      .orderBy("version", "desc")
      .execute();
    return rows.map(versionOf);
  }

  async add(
    { route, at, principal, principalName, settings, restored }: Omit<RouteVersion, "version">,
    after: number,
  ): Promise<RouteVersion | undefined> {
    return await this.#database.alone("route_versions", async (transaction) => {
      const { newest } = await transaction
        .selectFrom("route_versions")
        .select(({ fn }) => fn.max("version").as("newest"))
        .where("route", "=", route)
        .executeTakeFirstOrThrow();
      if ((newest ?? 0) !== after) return undefined;
      const row = await transaction
        .insertInto("route_versions")
        .values({
          route,
          at,
          principal,
          principal_name: principalName,
          settings: settings === null ? null : JSON.stringify(settings),
          restored: restored ?? null,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      return versionOf(row);
    });
  }
}

function versionOf(row: Selectable<StorageSchema["route_versions"]>): RouteVersion {
  const { version, route, at, principal, principal_name, settings, restored } = row;
  return {
    version,
    route,
    at,
    principal,
    principalName: principal_name,
    settings: settings === null ? null : (JSON.parse(settings) as unknown),
    ...(restored !== null && { restored }),
  };
}
