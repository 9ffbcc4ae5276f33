import type { DatabaseSync } from "node:sqlite";
import { watchForeignChanges } from "../foreign_changes.ts";
import type { JournalArchive } from "../journal_archive.ts";
import type { PostgresStorage } from "../postgres/mod.ts";
import { PostgresSearchIndex } from "../postgres/postgres_search_index.ts";
import { COPIED_TABLES } from "./copied_tables.ts";
import { JournalCopy } from "./journal_copy.ts";
import type { CopiedPart, VerifiedPart } from "./part.ts";
import { SearchCopy } from "./search_copy.ts";
import { sourceChanged } from "./storage_copy_error.ts";
import { TableCopy } from "./table_copy.ts";

export interface CopyStorageOptions {
  /** The database of the embedded storage, opened for reading; nothing in it is changed. */
  source: DatabaseSync;
  /** With all its tables, those of the sign-in among them; no server may use it. */
  target: Pick<PostgresStorage, "kysely" | "inTurn"> & { archive: JournalArchive };
  /** Told of each part that is the same in both. */
  onVerified?: (part: VerifiedPart) => void;
}

/**
 * Copies an embedded storage into PostgreSQL and verifies that both are the same.
 *
 * What was cut off is gone on with by another call: what is there already is not copied again.
 *
 * @throws {StorageCopyError} If the target holds other data, an answer runs, or the copy is not the source.
 */
export async function copyStorage({ source, target, onVerified }: CopyStorageOptions): Promise<VerifiedPart[]> {
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

function partsOf(source: DatabaseSync, { kysely, archive }: CopyStorageOptions["target"]): CopiedPart[] {
  const both = { source, target: kysely };
  return [
    ...COPIED_TABLES.map((table) => new TableCopy(table, both)),
    new SearchCopy({ ...both, index: new PostgresSearchIndex() }),
    new JournalCopy({ ...both, archive }),
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
