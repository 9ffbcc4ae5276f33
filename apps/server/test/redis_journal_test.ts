import { journalConformance } from "@cogniforge/core/journal/conformance";
import { afterAll, beforeAll, test } from "vitest";
import { RedisConnection } from "../src/redis/redis_connection.ts";
import { RedisJournal } from "../src/redis/redis_journal.ts";
import { MemoryArchive } from "./_memory_archive.ts";
import { anyRedis, describeWithAnyRedis } from "./_redis.ts";

describeWithAnyRedis("RedisJournal", () => {
  let redis: Awaited<ReturnType<typeof anyRedis>>;
  beforeAll(async () => {
    redis = await anyRedis();
  });
  afterAll(() => redis[Symbol.asyncDispose]());

  async function openSubject() {
    const archive = new MemoryArchive();
    const prefix = `test:${crypto.randomUUID()}:`;
    let now = 1_700_000_000_000;
    const open = async () => {
      const connection = await RedisConnection.open(redis.url);
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

  for (const { name, run } of journalConformance({ open: openSubject, isDurable: true })) test(name, run);
});
