import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Kysely, sql } from "kysely";
import { Migrator } from "kysely/migration";
import { nodeSqliteDialect } from "./kysely_dialect.ts";
import { MIGRATIONS } from "./migrations/mod.ts";
import type { StorageSchema } from "./schema.ts";
import { StorageOpenError } from "./storage_open_error.ts";

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
 * Opens `cogniforge.sqlite` in a directory, which is made if need be, and brings its schema up to date.
 *
 * @throws {StorageOpenError} If the directory can't be written, the file is damaged, or a newer program wrote its schema.
 */
export async function openDatabase(directory: string): Promise<OpenedDatabase> {
  const path = join(directory, "cogniforge.sqlite");
  makeWritable(directory, path);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
    setUp(database, path);
    const kysely = new Kysely<StorageSchema>({ dialect: nodeSqliteDialect(database) });
    await migrate(kysely, path);
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
    throw notWritable(path, error);
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
  if (problem !== "ok") throw damaged(path, new Error(String(problem)));
}

async function migrate(kysely: Kysely<StorageSchema>, path: string): Promise<void> {
  const migrator = new Migrator({ db: kysely, provider: { getMigrations: async () => MIGRATIONS } });
  const unknown = (await executedMigrations(kysely)).filter((name) => !(name in MIGRATIONS));
  if (unknown.length > 0) {
    throw new StorageOpenError(
      "newer-schema",
      `Cannot open ${path} as a newer version wrote it: its schema has ${unknown.join(", ")}, which this version does not know. Start the newer version, or restore the backup made before the upgrade`,
    );
  }
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

async function executedMigrations(kysely: Kysely<StorageSchema>): Promise<string[]> {
  const tables = await sql`select name from sqlite_master where name = 'kysely_migration'`.execute(kysely);
  if (tables.rows.length === 0) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(kysely);
  return rows.map(({ name }) => name);
}

/** Result codes of SQLite: https://sqlite.org/rescode.html */
const SQLITE_READONLY = 8;
const SQLITE_CORRUPT = 11;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;

function explain(error: unknown, path: string): unknown {
  // The low byte is the primary code, the rest extends it.
  const code = Number((error as { errcode?: unknown }).errcode) & 0xff;
  if (code === SQLITE_NOTADB || code === SQLITE_CORRUPT) return damaged(path, error);
  if (code === SQLITE_READONLY || code === SQLITE_CANTOPEN) return notWritable(path, error);
  return error;
}

function damaged(path: string, cause: unknown): StorageOpenError {
  return new StorageOpenError(
    "damaged",
    `Cannot open ${path} as it is damaged or not a SQLite database. Restore a backup, or move the file away to begin with an empty one`,
    { cause },
  );
}

function notWritable(path: string, cause: unknown): StorageOpenError {
  return new StorageOpenError(
    "not-writable",
    `Cannot write ${path}: ${cause instanceof Error ? cause.message : cause}. Set COGNIFORGE_DATA_DIR to a directory that this user may write`,
    { cause },
  );
}
