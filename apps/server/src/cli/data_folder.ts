import { loadConfig } from "../config/mod.ts";
import type { Terminal } from "./terminal.ts";
import { CommandError } from "./terminal.ts";

/**
 * The data folder that the server of this folder uses.
 *
 * @throws {CommandError} If it uses none, since everything is in PostgreSQL.
 */
export async function dataFolder({ environment, directory }: Terminal): Promise<string> {
  const { dataDirectory, shared } = await loadConfig({ environment, directory });
  if (shared === undefined) return dataDirectory;
  throw new CommandError({
    en: "This command works on the embedded data, and DATABASE_URL says that everything is in PostgreSQL: use PostgreSQL's own tools (pg_dump, pg_restore), or run it without DATABASE_URL and REDIS_URL",
    ar: "يعمل هذا الأمر على البيانات المضمّنة، ويدلّ DATABASE_URL على أنّ كل شيء في PostgreSQL: استعمل أدوات PostgreSQL نفسها (pg_dump و pg_restore)، أو شغّل الأمر من دون DATABASE_URL و REDIS_URL",
  });
}

/** The embedded data's folder, whatever the server uses now. */
export function embeddedFolder({ environment, ...terminal }: Terminal): Promise<string> {
  // Empty, so that they are not read from a file either.
  return dataFolder({ ...terminal, environment: { ...environment, DATABASE_URL: "", REDIS_URL: "" } });
}
