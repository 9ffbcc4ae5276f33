import { constants, copyFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeSignInTables, readAuthSecretBeside } from "../auth/mod.ts";
import type { SharedConfig } from "../config/mod.ts";
import { inspectBackup, type RowCounts } from "../storage/backup.ts";
import { copyStorage } from "../storage/copy/copy_storage.ts";
import { refuseUnknownMigrations } from "../storage/database.ts";
import { DATABASE_FILE, openStorage } from "../storage/mod.ts";
import { openPostgresStorage } from "../storage/postgres/mod.ts";
import { openReadOnly } from "../storage/read_only.ts";
import { keepSharedSecret } from "../stores/mod.ts";
import { openLiveJournal } from "./live_journal.ts";

/** A database that was filled from a backup. */
export interface RestoredDatabase {
  /** Where it is, without the password. */
  place: string;
  counts: RowCounts;
}

/**
 * Fills an empty PostgreSQL from a backup, and verifies every row; answers that had not ended go into Redis, to be carried on.
 *
 * @throws {StorageOpenError} If the backup or the database can't be used.
 * @throws {RedisOpenError} If an answer had not ended and Redis can't be used.
 * @throws {StorageCopyError} If the database holds anything else, or servers use it; nothing is written then.
 */
export async function restoreShared(shared: SharedConfig, file: string): Promise<RestoredDatabase> {
  const { counts, migrations } = inspectBackup(file);
  refuseUnknownMigrations(migrations, { place: file });
  const folder = await mkdtemp(join(tmpdir(), "cogniforge-restore-"));
  try {
    // The backup stays as it is: one of an older version is brought up to date in the copy.
    copyFileSync(file, join(folder, DATABASE_FILE), constants.COPYFILE_FICLONE);
    await bringUpToDate(folder);
    const place = await fill(shared, folder, await readAuthSecretBeside(file));
    return { place, counts };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function bringUpToDate(directory: string): Promise<void> {
  const storage = await openStorage({ directory });
  try {
    await makeSignInTables(storage);
  } finally {
    await storage.close();
  }
}

async function fill(shared: SharedConfig, directory: string, secret: string | undefined): Promise<string> {
  using source = openReadOnly(directory);
  const target = await openPostgresStorage({ url: shared.databaseUrl.reveal() });
  try {
    const running = source.database.prepare("SELECT 1 FROM journal_heads WHERE is_ended = 0 LIMIT 1").get();
    await using live = running && (await openLiveJournal(shared, target.archive));
    await makeSignInTables(target);
    await copyStorage({ source: source.database, target: { ...target, live: live?.journal } });
    if (secret !== undefined) await keepSharedSecret(target.kysely, "sign-in", secret);
    return target.place;
  } finally {
    await target.close();
  }
}
