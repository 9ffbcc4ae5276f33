import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Kysely, sql } from "kysely";
import { Migrator } from "kysely/migration";
import { letNewShrink, letOldShrink } from "./free_pages.ts";
import { nodeSqliteDialect } from "./kysely_dialect.ts";
import { backUpBeforeMigration } from "./migration_backup.ts";
import { MIGRATIONS } from "./migrations/mod.ts";
import type { StorageSchema } from "./schema.ts";
import type { StorageFault } from "./storage_fault.ts";
import { explainStorageFault, storageFaultOf } from "./storage_fault.ts";
import { StorageOpenError } from "./storage_open_error.ts";

/** Name of the database in the data folder. */
export const DATABASE_FILE = "cogniforge.sqlite";

export interface OpenedDatabase {
  path: string;
  database: DatabaseSync;
  /** The one instance for everybody: see `nodeSqliteDialect`. */
  kysely: Kysely<StorageSchema>;
}

/** How long a statement waits for another process's lock; the event loop waits with it, so it is short. */
const BUSY_TIMEOUT_MS = 1000;

const QUICK_CHECK_BYTES = 64 * 2 ** 20;

/**
 * Opens `cogniforge.sqlite` in a directory, which is made if need be, and brings its schema up to date; before that, a copy of what
 * was there is made beside it.
 *
 * @throws {StorageOpenError} If the directory can't be written, the disk is full, the file is damaged or held by another process, or a
 * newer program wrote its schema.
 */
export async function openDatabase(directory: string): Promise<OpenedDatabase> {
  const path = join(directory, DATABASE_FILE);
  makeWritable(directory, path);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
    letNewShrink(database);
    setUp(database, path);
    const kysely = new Kysely<StorageSchema>({ dialect: nodeSqliteDialect(database) });
    await migrate(database, kysely, path);
    letOldShrink(database, path);
    return { path, database, kysely };
  } catch (error) {
    database?.close();
    throw explain(error, path);
  }
}

function makeWritable(directory: string, path: string): void {
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK | constants.X_OK);
    if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK);
  } catch (error) {
    throw openError(storageFaultOf(error) ?? "not-writable", path, error);
  }
}

function setUp(database: DatabaseSync, path: string): void {
  // With a write-ahead log, NORMAL writes each commit to the log without waiting for the disk. What was written is in
  // the system's page cache, so it survives `kill -9` and any other death of the process. A power cut or a crash of the
  // operating system can lose the last commits, never tear one or damage the file; FULL would mend that at the price of
  // one fsync (milliseconds) for each commit.
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA synchronous = NORMAL");
  // The pages that a thousand growing answers touch between two commits; in less, a transaction spills to the log early.
  database.exec("PRAGMA cache_size = -32768");
  // After a peak the log would keep its size for ever.
  database.exec("PRAGMA journal_size_limit = 67108864");
  // Reading every page takes about 2 s a gigabyte: worth it for a small file, too long a start for a large one.
  if (statSync(path).size > QUICK_CHECK_BYTES) return;
  const [problem] = Object.values(database.prepare("PRAGMA quick_check(1)").get() ?? {});
  if (problem !== "ok") throw openError("damaged", path, new Error(String(problem)));
}

async function migrate(database: DatabaseSync, kysely: Kysely<StorageSchema>, path: string): Promise<void> {
  const executed = await executedMigrations(kysely);
  refuseUnknownMigrations(executed, { place: path });
  const last = executed.at(-1);
  // A new file holds nothing that could be lost.
  if (last !== undefined && executed.length < Object.keys(MIGRATIONS).length) {
    await backUpBeforeMigration(database, path, last);
  }
  const migrator = new Migrator({ db: kysely, provider: { getMigrations: async () => MIGRATIONS } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

/**
 * @param place Where the database is, as people see it.
 * @throws {StorageOpenError} If a newer version wrote the schema.
 */
export function refuseUnknownMigrations(
  executed: readonly string[],
  { place, known = MIGRATIONS }: { place: string; known?: Readonly<Record<string, unknown>> },
): void {
  const unknown = executed.filter((name) => !(name in known));
  if (unknown.length === 0) return;
  const names = unknown.join(", ");
  throw new StorageOpenError("newer-schema", {
    en: `Cannot open ${place} as a newer version wrote it: its schema has ${names}, which this version does not know. Start the newer version, or restore the backup made before the upgrade (npm run cogniforge -- restore FILE)`,
    ar: `تعذّر فتح ${place} لأنّ إصدارًا أحدث كتبه: في مخططه ${names}، وهذا الإصدار لا يعرفه. شغّل الإصدار الأحدث، أو استرجع النسخة الاحتياطية المأخوذة قبل الترقية (npm run cogniforge -- restore FILE)`,
  });
}

async function executedMigrations(kysely: Kysely<StorageSchema>): Promise<string[]> {
  const tables = await sql`select name from sqlite_master where name = 'kysely_migration'`.execute(kysely);
  if (tables.rows.length === 0) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(kysely);
  return rows.map(({ name }) => name);
}

function explain(error: unknown, path: string): unknown {
  const fault = error instanceof StorageOpenError ? undefined : storageFaultOf(error);
  return fault === undefined ? error : openError(fault, path, error);
}

/** A database that can't be opened, with what to do about it. */
export function openError(fault: StorageFault, path: string, cause: unknown): StorageOpenError {
  const { en, ar } = explainStorageFault(fault, cause instanceof Error ? cause.message : String(cause));
  return new StorageOpenError(fault, { en: `Cannot open ${path}. ${en}`, ar: `تعذّر فتح ${path}. ${ar}` }, { cause });
}
