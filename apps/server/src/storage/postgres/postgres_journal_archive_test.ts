import type { JournalEvent } from "@cogniforge/core/events";
import { expect, test } from "vitest";
import { seededRandom } from "../../../../../packages/core/testing/seeded_random.ts";
import { usePostgres } from "../../../test/real_postgres.ts";
import { Sweeper } from "../../retention/mod.ts";
import { randomAnswer } from "../_random_answer.ts";
import { openPostgresStorage, type PostgresStorage } from "./mod.ts";

const postgres = await usePostgres("the tests of the archive of journals on PostgreSQL");
const withPostgres = test.runIf(postgres !== undefined);

const DAY = 86_400_000;
const headerOf = (answerId: string) => ({
  answerId,
  owner: "user:1",
  createdAt: 1_700_000_000_000,
  ask: { version: 1, question: "سؤال \u0000 \ud800" },
});

async function* opened(clock = { wallTime: () => Date.now() }): AsyncGenerator<PostgresStorage> {
  const storage = await openPostgresStorage({ url: (await postgres?.create()) ?? "", clock });
  try {
    yield storage;
  } finally {
    await storage.close();
  }
}

withPostgres(
  "PostgresJournalArchive tells every event as it was, from every cursor, in pages of any size",
  async () => {
    for await (const { archive } of opened()) {
      const random = seededRandom(7);
      for (let index = 0; index < 5; index++) {
        const answerId = `answer-${index}`;
        const events = randomAnswer(answerId, random);
        await archive.keep(headerOf(answerId), events);
        expect(await archive.find(answerId)).toEqual({
          header: headerOf(answerId),
          lastSeq: events.length,
          isEnded: true,
        });
        for (let after = 0; after <= events.length; after += 1 + Math.floor(random() * 9)) {
          expect(await archive.read(answerId, after, 10_000), `after ${after}`).toEqual(events.slice(after));
        }
        const paged: JournalEvent[] = [];
        for (;;) {
          const page = await archive.read(answerId, paged.length, 1 + Math.floor(random() * 20));
          if (page.length === 0) break;
          paged.push(...page);
        }
        expect(paged).toEqual(events);
        expect(await archive.read(answerId, 3, 0)).toEqual([]);
      }
      expect(await archive.find("answer-9")).toBeUndefined();
      expect(await archive.read("answer-9", 0, 5)).toEqual([]);
    }
  },
);

withPostgres(
  "PostgresJournalArchive keeps most answers in one row, and a long one in few that are read by parts",
  async () => {
    for await (const { archive, kysely } of opened()) {
      const end = randomAnswer("long", seededRandom(1)).at(-1) as JournalEvent;
      const long: JournalEvent[] = Array.from({ length: 20_000 }, (_, index) => ({
        seq: index + 1,
        at: 5,
        type: "reasoning-delta",
        attempt: 1,
        text: `token ${index} 👩‍🚀`.padEnd(20),
      }));
      await archive.keep(headerOf("long"), [...long, { ...end, seq: 20_001 }]);
      await archive.keep(headerOf("short"), randomAnswer("short", seededRandom(2)));
      const rowsOf = async (answerId: string) =>
        (await kysely.selectFrom("archived_batches").select("last_seq").where("answer_id", "=", answerId).execute())
          .length;
      expect(await rowsOf("short")).toBe(1);
      expect(await rowsOf("long")).toBeLessThan(8);
      expect(await archive.read("long", 19_000, 5)).toEqual(long.slice(19_000, 19_005));
      expect(await archive.read("long", 0, 30_000)).toHaveLength(20_001);
    }
  },
);

withPostgres("PostgresJournalArchive.keep() keeps a journal once, whole or not at all", async () => {
  for await (const { archive, kysely } of opened()) {
    const events = randomAnswer("answer-1", seededRandom(3));
    const other = randomAnswer("answer-1", seededRandom(4));
    await Promise.all([archive.keep(headerOf("answer-1"), events), archive.keep(headerOf("answer-1"), events)]);
    await archive.keep({ ...headerOf("answer-1"), owner: "user:2" }, other);
    expect(await archive.read("answer-1", 0, 10_000)).toEqual(events);
    expect(await archive.find("answer-1")).toMatchObject({ header: { owner: "user:1" } });
    for (const part of [[], events.slice(0, -1), events.slice(1), [...events, ...events]]) {
      await expect(archive.keep(headerOf("answer-2"), part)).rejects.toThrow(RangeError);
    }
    expect(await archive.find("answer-2")).toBeUndefined();
    await archive.remove(["answer-1", "answer-9"]);
    await archive.remove([]);
    expect(await archive.find("answer-1")).toBeUndefined();
    expect(await kysely.selectFrom("archived_batches").select("last_seq").execute()).toEqual([]);
  }
});

withPostgres(
  "Sweeper deletes archived answers of no conversation, and conversations with theirs, by their age",
  async () => {
    const now = Date.UTC(2026, 5, 15, 13, 30);
    for await (const storage of opened({ wallTime: () => now })) {
      const { archive, conversations } = storage;
      const kept = { conversationsMs: 30 * DAY, answersMs: 7 * DAY };
      const end = (at: number): JournalEvent => ({
        ...(randomAnswer("x", () => 0).at(-1) as JournalEvent),
        seq: 1,
        at,
      });
      for (const [id, days] of [
        ["old", 40],
        ["new", 2],
      ] as const) {
        await conversations.create("user:1", { id, title: id, at: now - days * DAY });
        await conversations.addTurn(id, { question: "?", answerId: `in-${id}`, askedAt: now - days * DAY });
        await archive.keep(headerOf(`in-${id}`), [end(now - days * DAY)]);
        await archive.keep(headerOf(`stray-${id}`), [end(now - days * DAY)]);
      }
      const journal = { remove: (ids: readonly string[]) => archive.remove(ids) };
      const swept = await new Sweeper({ ...storage, journal }).sweep(kept, now);
      expect(swept).toMatchObject({ conversations: 1, answers: 2 });
      for (const id of ["in-old", "stray-old"]) expect(await archive.find(id), id).toBeUndefined();
      for (const id of ["in-new", "stray-new"]) expect(await archive.find(id), id).toBeDefined();
      expect(await conversations.find("user:1", "old")).toBeUndefined();
    }
  },
);
