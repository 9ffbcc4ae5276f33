import { rmSync } from "node:fs";
import { join } from "node:path";
import { recordOf } from "../answers/views.ts";
import { makeSignInTables } from "../auth/mod.ts";
import type { SharedConfig } from "../config/mod.ts";
import { DOCTOR_ID } from "../doctor/doctor_pass.ts";
import { inspectBackup, keepWhole } from "../storage/backup.ts";
import { embedStorage } from "../storage/copy/embed/embed_storage.ts";
import type { MakeRecord } from "../storage/mod.ts";
import { DATABASE_FILE, openStorage } from "../storage/mod.ts";
import { openPostgresReadOnly } from "../storage/postgres/mod.ts";
import { readSharedSecret } from "../stores/mod.ts";
import type { BackedUp } from "./backed_up.ts";
import { tryOpenLiveJournal } from "./live_journal.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Writes what PostgreSQL and Redis hold into an embedded storage, so that one kind of backup serves every set-up.
 *
 * @throws {StorageOpenError} If the database can't be read.
 * @throws {StorageCopyError} If the copy is not the same; nothing is left at `file` then.
 */
export async function backUpShared(shared: SharedConfig, file: string, terminal: Terminal): Promise<BackedUp> {
  await using source = await openPostgresReadOnly(shared.databaseUrl.reveal());
  await using live = await tryOpenLiveJournal(shared, source.journal, terminal);
  const folder = `${file}.partial`;
  const partial = join(folder, DATABASE_FILE);
  // Of one that was cut off.
  rmSync(folder, { recursive: true, force: true });
  try {
    const target = await openStorage({ directory: folder });
    try {
      await makeSignInTables(target);
      const { journal } = live ?? {};
      await embedStorage({
        source,
        target,
        live: journal && { journal, unarchived: () => journal.unarchived(), makeRecord },
      });
    } finally {
      await target.close();
    }
    const { counts, bytes } = inspectBackup(partial);
    const secret = await readSharedSecret(source.kysely, "sign-in");
    keepWhole(partial, file);
    return { counts, bytes, secret };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As the server makes them: what the doctor asks stands in no history. */
const makeRecord: MakeRecord = (header, state) => (header.owner === DOCTOR_ID ? undefined : recordOf(header, state));
