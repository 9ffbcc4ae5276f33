import { journalConformance } from "@cogniforge/core/journal/conformance";
import { afterAll, beforeAll, test } from "vitest";
import { anyRedis, describeWithAnyRedis } from "./_redis.ts";
import { openJournalSubject } from "./_redis_journal.ts";

describeWithAnyRedis("RedisJournal", () => {
  let redis: Awaited<ReturnType<typeof anyRedis>>;
  beforeAll(async () => {
    redis = await anyRedis();
  });
  afterAll(() => redis[Symbol.asyncDispose]());

  for (const { name, run } of journalConformance({ open: () => openJournalSubject(redis.url), isDurable: true }))
    test(name, run);
});
