import { sql } from "kysely";
import type { PostgresReadOnly } from "../../postgres/mod.ts";
import type { Storage } from "../../storage.ts";
import { COPIED_TABLES } from "../copied_tables.ts";
import type { VerifiedPart } from "../part.ts";
import { backupDiffers } from "../storage_copy_error.ts";
import { EmbeddedBatches, EmbeddedHeads } from "./embedded_journals.ts";
import type { EmbedContext, EmbeddedPart } from "./embedded_part.ts";
import { EmbeddedSearch } from "./embedded_search.ts";
import { EmbeddedTable } from "./embedded_table.ts";
import { embedLiveAnswers, type LiveAnswers } from "./live_answers.ts";
import { RowHash } from "./row_hash.ts";

export interface EmbedStorageOptions {
  /** Servers may write on: what is read is of one moment. */
  source: Pick<PostgresReadOnly, "kysely">;
  /** New, with all its tables, those of the sign-in among them; nobody else uses it. */
  target: Storage;
  /** Absent: only answers that have ended are written. */
  live?: LiveAnswers | undefined;
}

/** Each after those that it needs. */
const PARTS: readonly EmbeddedPart[] = [
  ...COPIED_TABLES.map((table) => new EmbeddedTable(table)),
  new EmbeddedHeads(),
  new EmbeddedBatches(),
  new EmbeddedSearch(),
];

/**
 * Writes everything that PostgreSQL holds at one moment into an embedded storage, and verifies every row.
 *
 * @throws {StorageCopyError} If what was written is not what was read.
 */
export async function embedStorage({ source, target, live }: EmbedStorageOptions): Promise<VerifiedPart[]> {
  // Asked on both sides of the moment: what ends right after it leaves for the archive, where the moment does not see it.
  const running = new Set(await live?.unarchived());
  const written = await source.kysely
    .transaction()
    .setIsolationLevel("repeatable read")
    .setAccessMode("read only")
    .execute(async (transaction) => {
      // The first statement is the moment.
      await sql`SELECT 1`.execute(transaction);
      for (const answerId of (await live?.unarchived()) ?? []) running.add(answerId);
      return writeAll({ source: transaction, target: target.database });
    });
  // Not before the end of the transaction, which PostgreSQL would take for forgotten while a large table is read.
  for (const { part, ...one } of written) if (!isThere(part, one, target)) throw backupDiffers(part.name);
  if (live !== undefined) await embedLiveAnswers(live, [...running], target);
  return written.map(({ part: { name }, rows, sha256 }) => ({ name, rows, sha256 }));
}

interface Written {
  part: EmbeddedPart;
  rows: number;
  sha256: string;
}

async function writeAll(context: EmbedContext): Promise<Written[]> {
  const written: Written[] = [];
  for (const part of PARTS) {
    const hash = new RowHash();
    await part.write(context, hash);
    written.push({ part, ...hash.result() });
  }
  return written;
}

function isThere(part: EmbeddedPart, { rows, sha256 }: Omit<Written, "part">, { database }: Storage): boolean {
  const hash = new RowHash();
  part.readBack(database, hash);
  const found = hash.result();
  return found.rows === rows && found.sha256 === sha256;
}
