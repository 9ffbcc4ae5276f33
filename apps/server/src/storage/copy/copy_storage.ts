import type { DatabaseSync } from "node:sqlite";
import { type Kysely, sql } from "kysely";
import { watchForeignChanges } from "../foreign_changes.ts";
import type { JournalArchive } from "../journal_archive.ts";
import type { PostgresStorage } from "../postgres/mod.ts";
import { APPLICATION_NAME } from "../postgres/mod.ts";
import { PostgresSearchIndex } from "../postgres/postgres_search_index.ts";
import type { StorageSchema } from "../schema.ts";
import { COPIED_TABLES } from "./copied_tables.ts";
import { JournalCopy } from "./journal_copy.ts";
import { LiveCopy, type LiveJournal } from "./live_copy.ts";
import type { CopiedPart, VerifiedPart } from "./part.ts";
import { SearchCopy } from "./search_copy.ts";
import { sourceChanged, targetInUse } from "./storage_copy_error.ts";
import { TableCopy } from "./table_copy.ts";

export interface CopyStorageOptions {
  /** The database of the embedded storage, opened for reading; nothing in it is changed. */
  source: DatabaseSync;
  /** With all its tables, those of the sign-in among them; no server may use it. */
  target: Pick<PostgresStorage, "kysely" | "inTurn"> & {
    archive: JournalArchive;
    /** Where answers go on that have not ended; absent: there may be none. */
    live?: LiveJournal | undefined;
  };
  /** Told of each part that is the same in both. */
  onVerified?: (part: VerifiedPart) => void;
}

/**
 * Copies an embedded storage into PostgreSQL and verifies that both are the same.
 *
 * What was cut off is gone on with by another call: what is there already is not copied again.
 *
 * @throws {StorageCopyError} If the target is in use or holds other data, an answer runs, or the copy is not the source.
 */
export async function copyStorage({ source, target, onVerified }: CopyStorageOptions): Promise<VerifiedPart[]> {
  await refuseUsers(target.kysely);
  const hasChanged = watchForeignChanges(source);
  // All of it as of one moment, whoever writes meanwhile.
  source.exec("BEGIN");
  try {
    const verified = await target.inTurn(() => copyParts(partsOf(source, target), onVerified));
    source.exec("ROLLBACK");
    if (hasChanged()) throw sourceChanged();
    return verified;
  } finally {
    if (source.isTransaction) source.exec("ROLLBACK");
  }
}

function partsOf(source: DatabaseSync, { kysely, archive, live }: CopyStorageOptions["target"]): CopiedPart[] {
  const both = { source, target: kysely };
  return [
    ...COPIED_TABLES.map((table) => new TableCopy(table, both)),
    new SearchCopy({ ...both, index: new PostgresSearchIndex() }),
    new JournalCopy({ ...both, archive }),
    new LiveCopy({ source, live }),
  ];
}

async function copyParts(
  parts: readonly CopiedPart[],
  onVerified: CopyStorageOptions["onVerified"],
): Promise<VerifiedPart[]> {
  // All before anything is written.
  for (const part of parts) await part.refuseOtherData();
  for (const part of parts) await part.copy();
  const verified: VerifiedPart[] = [];
  for (const part of parts) {
    const one = await part.verify();
    onVerified?.(one);
    verified.push(one);
  }
  return verified;
}

/** Others of ours on the same database; PostgreSQL shows those of the same role to everybody. */
async function refuseUsers(target: Kysely<StorageSchema>): Promise<void> {
  const { rows } = await sql<{ users: number }>`
    SELECT count(DISTINCT application_name) AS users FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE ${`${APPLICATION_NAME} %`}
      AND application_name <> current_setting('application_name')`.execute(target);
  const users = rows[0]?.users ?? 0;
  if (users > 0) throw targetInUse(users);
}
