import type { JournalSubject } from "@cogniforge/core/journal/conformance";
import { RedisConnection } from "../src/redis/redis_connection.ts";
import { RedisJournal } from "../src/redis/redis_journal.ts";
import { MemoryArchive } from "./_memory_archive.ts";

/** An empty journal on a Redis, or a Cluster, with names and a clock of its own, for one case of the conformance suite. */
export async function openJournalSubject(url: string): Promise<JournalSubject> {
  const archive = new MemoryArchive();
  const prefix = `test:${crypto.randomUUID()}:`;
  let now = 1_700_000_000_000;
  const open = async () => {
    const connection = await RedisConnection.open(url);
    return { connection, journal: new RedisJournal({ connection, archive, prefix, clock: () => now }) };
  };
  let opened = await open();
  const close = async () => {
    await opened.journal.close();
    await opened.connection.close();
  };
  return {
    journal: opened.journal,
    elapse(ms: number) {
      now += ms;
    },
    async reopen() {
      await close();
      opened = await open();
      return opened.journal;
    },
    dispose: close,
  };
}
