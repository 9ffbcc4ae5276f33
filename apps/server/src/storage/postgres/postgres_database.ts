import { Kysely, sql } from "kysely";
import { Migrator } from "kysely/migration";
import { refuseUnknownMigrations } from "../database.ts";
import { olderSchema } from "../existing_database.ts";
import type { StorageSchema } from "../schema.ts";
import { explainStorageFault, storageFaultOf } from "../storage_fault.ts";
import { StorageOpenError } from "../storage_open_error.ts";
import type { ConnectionTarget } from "./connection_url.ts";
import { POSTGRES_MIGRATIONS } from "./migrations/mod.ts";
import { PostgresConnectionError, type PostgresFault } from "./postgres_fault.ts";
import { createPool, poolDialect } from "./postgres_pool.ts";

/** `server_version_num` of the oldest server that has all that is used. */
const OLDEST_SERVER = 140_000;

/** How long the server has to tell what it is, connecting included, in milliseconds. */
const INSPECT_TIMEOUT_MS = 4_500;

/** A connection for the migrator's lock, and one for its work. */
const MIGRATION_CONNECTIONS = 2;

/**
 * Makes sure that a database can be used, and brings its schema up to date; several servers may do so at the same time.
 *
 * @throws {StorageOpenError} If it can't be used, within five seconds; the message says what to do.
 */
export async function prepareDatabase(target: ConnectionTarget, applicationName: string): Promise<void> {
  // Without a limit on statements: a migration of much data takes its time, and so does waiting for another server's.
  const pool = createPool({ url: target.url, applicationName, max: MIGRATION_CONNECTIONS });
  const kysely = new Kysely<StorageSchema>({ dialect: poolDialect(pool) });
  try {
    await inspectServer(kysely);
    refuseUnknownMigrations(await executedMigrations(kysely), { place: target.shown, known: POSTGRES_MIGRATIONS });
    // The migrator takes an advisory lock of its own: whoever comes second finds nothing left to do.
    const migrator = new Migrator({ db: kysely, provider: { getMigrations: async () => POSTGRES_MIGRATIONS } });
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw error;
  } catch (error) {
    throw explainOpening(error, target);
  } finally {
    await kysely.destroy();
  }
}

/**
 * Makes sure that a database can be read by this version; nothing in it is changed, not even its schema.
 *
 * @throws {StorageOpenError} If it can't be, within five seconds; the message says what to do.
 */
export async function inspectDatabase(kysely: Kysely<StorageSchema>, { shown }: ConnectionTarget): Promise<void> {
  await inspectServer(kysely);
  const executed = await executedMigrations(kysely);
  refuseUnknownMigrations(executed, { place: shown, known: POSTGRES_MIGRATIONS });
  if (executed.length === 0) throw noRecords(shown);
  if (executed.length < Object.keys(POSTGRES_MIGRATIONS).length) throw olderSchema(shown);
}

/** What an error on opening a database means, with what to do about it, and without the password. */
export function explainOpening(error: unknown, { shown, mask }: ConnectionTarget): unknown {
  const fault = error instanceof StorageOpenError ? undefined : storageFaultOf(error);
  if (fault === undefined) return error;
  const { en, ar } = explainStorageFault(fault, mask(error instanceof Error ? error.message : String(error)));
  return new StorageOpenError(
    fault,
    { en: `Cannot open ${shown}. ${en}`, ar: `تعذّر فتح ${shown}. ${ar}` },
    { cause: error },
  );
}

function noRecords(shown: string): StorageOpenError {
  return new StorageOpenError("not-writable", {
    en: `There is nothing of CogniForge in ${shown}: set DATABASE_URL to the servers' database, or start a server once, which makes the tables`,
    ar: `لا شيء من CogniForge في ${shown}: اضبط DATABASE_URL على قاعدة بيانات الخوادم، أو شغّل خادمًا مرة واحدة لينشئ الجداول`,
  });
}

/** A server that can be reached and is none that can be used. */
function unusable(fault: PostgresFault, found: string): PostgresConnectionError {
  return new PostgresConnectionError(fault, new Error(`found ${found}`));
}

async function inspectServer(kysely: Kysely<StorageSchema>): Promise<void> {
  const inspection = sql<{ version: number; name: string; encoding: string }>`
    SELECT current_setting('server_version_num')::int AS version, current_setting('server_version') AS name,
      current_setting('server_encoding') AS encoding`.execute(kysely);
  const { rows } = await inTime(inspection);
  const { version = 0, name = "", encoding = "" } = rows[0] ?? {};
  if (version < OLDEST_SERVER) throw unusable("server-too-old", name);
  if (encoding !== "UTF8") throw unusable("not-utf8", encoding);
}

/** A server may take a connection and then say nothing. */
async function inTime<Result>(work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new PostgresConnectionError("unreachable", new Error(`no answer in ${INSPECT_TIMEOUT_MS} ms`))),
      INSPECT_TIMEOUT_MS,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    // Nobody waits for it any more once the time is up.
    work.catch(() => {});
  }
}

async function executedMigrations(kysely: Kysely<StorageSchema>): Promise<string[]> {
  const tables = await sql<{ found: string | null }>`SELECT to_regclass('kysely_migration')::text AS found`.execute(
    kysely,
  );
  if (tables.rows[0]?.found == null) return [];
  const { rows } = await sql<{ name: string }>`SELECT name FROM kysely_migration ORDER BY name`.execute(kysely);
  return rows.map(({ name }) => name);
}
