import type { Config } from "../config/mod.ts";
import { loadConfig } from "../config/mod.ts";
import type { Terminal } from "./terminal.ts";

/** Where the servers of this folder keep everything: in a data folder, or in PostgreSQL and Redis. */
export type Place = Pick<Config, "dataDirectory" | "shared">;

/** @throws {ConfigError} With all errors of the configuration. */
export async function placeOf({ environment, directory }: Terminal): Promise<Place> {
  return loadConfig({ environment, directory });
}

/** The embedded data's folder, whatever the servers use now. */
export async function embeddedFolder({ environment, ...terminal }: Terminal): Promise<string> {
  // Empty, so that they are not read from a file either.
  const embedded = { ...environment, DATABASE_URL: "", REDIS_URL: "" };
  return (await placeOf({ ...terminal, environment: embedded })).dataDirectory;
}
