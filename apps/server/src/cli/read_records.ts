import type { ReadRecords } from "../storage/mod.ts";
import { openReadOnly } from "../storage/read_only.ts";
import { placeOf } from "./data_folder.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Opens what the servers of this folder keep for reading; nothing in it is changed.
 *
 * @throws {StorageOpenError} If there is none, or it can't be used.
 */
export async function openRecords(terminal: Terminal): Promise<ReadRecords & AsyncDisposable> {
  const { dataDirectory, shared } = await placeOf(terminal);
  if (shared === undefined) {
    const storage = openReadOnly(dataDirectory);
    return { ...storage, [Symbol.asyncDispose]: async () => storage[Symbol.dispose]() };
  }
  const { openPostgresReadOnly } = await import("../storage/postgres/mod.ts");
  const { tryOpenLiveJournal } = await import("./live_journal.ts");
  const records = await openPostgresReadOnly(shared.databaseUrl.reveal());
  const live = await tryOpenLiveJournal(shared, records.journal, terminal);
  return {
    ...records,
    journal: live?.journal ?? records.journal,
    async [Symbol.asyncDispose]() {
      await live?.[Symbol.asyncDispose]();
      await records[Symbol.asyncDispose]();
    },
  };
}
