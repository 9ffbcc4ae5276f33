import { expect } from "vitest";
import type { StoreCase, StoreSubject } from "./store_case.ts";

const NOW = Date.UTC(2026, 5, 15, 13, 30);
const HOUR = 3_600_000;
const CLOCK = { wallTime: () => NOW };

async function conversation({ storage }: StoreSubject, id: string, answerId: string, at: number): Promise<void> {
  await storage.conversations.create("user:1", { id, title: id, at });
  await storage.conversations.addTurn(id, { question: "؟", answerId, askedAt: at });
}

/** How every storage finds what is old enough to be deleted. */
export const EXPIRY_CASES: readonly StoreCase[] = [
  [
    "Expiry finds untouched conversations, oldest first, and none in which an answer runs",
    async (subject) => {
      const { expiry, conversations } = await subject.reopen({ clock: CLOCK });
      for (const [id, hours] of Object.entries({ older: 4, old: 3, running: 3, removed: 3, lively: 1 })) {
        await subject.beginAnswer(`answer-${id}`);
        await conversation(subject, id, `answer-${id}`, NOW - hours * HOUR);
        if (id !== "running") await subject.endAnswer(`answer-${id}`, NOW - hours * HOUR + 1);
      }
      await conversations.remove("user:1", "removed", NOW);
      const before = NOW - 2 * HOUR;
      expect(await expiry.conversationsUntouchedSince(before, 9)).toEqual(["older", "old"]);
      expect(await expiry.conversationsUntouchedSince(before, 1)).toEqual(["older"]);
      expect(await expiry.removeConversation("running", before, NOW)).toBe(false);
      expect(await expiry.removeConversation("lively", before, NOW)).toBe(false);
      expect(await expiry.removeConversation("old", before, NOW)).toBe(true);
      expect(await expiry.removeConversation("old", before, NOW)).toBe(false);
      await subject.endAnswer("answer-running", NOW);
      expect(await expiry.conversationsUntouchedSince(before, 9)).toEqual(["older", "running"]);
    },
  ],
  [
    "Expiry finds ended answers of no conversation by their end, oldest first",
    async (subject) => {
      const { expiry } = subject.storage;
      for (const [answerId, at] of Object.entries({ second: 20, first: 10, turn: 15, third: 30 })) {
        await subject.beginAnswer(answerId);
        await subject.endAnswer(answerId, at);
      }
      await subject.beginAnswer("still-running");
      await conversation(subject, "c", "turn", 5);
      expect(await expiry.strayAnswers(0, 30, 9)).toEqual([
        { answerId: "first", endedAt: 10 },
        { answerId: "second", endedAt: 20 },
      ]);
      expect(await expiry.strayAnswers(20, 31, 9)).toEqual([
        { answerId: "second", endedAt: 20 },
        { answerId: "third", endedAt: 30 },
      ]);
      expect(await expiry.strayAnswers(0, 31, 1)).toHaveLength(1);
    },
  ],
  [
    "Expiry.forgetChanges() forgets older entries of the log of changes alone, however many",
    async ({ storage }) => {
      const { auditLog, expiry, kysely } = storage;
      const row = { principal: "user:1", principal_name: "س", action: "key-made", object: "", detail: "{}" };
      const old = Array.from({ length: 520 }, (_, index) => ({ ...row, at: index }));
      await kysely.insertInto("audit_log").values(old).execute();
      await kysely
        .insertInto("audit_log")
        .values({ ...row, at: 1_000, object: "new" })
        .execute();
      expect(await expiry.forgetChanges(1_000)).toBe(520);
      expect(await expiry.forgetChanges(1_000)).toBe(0);
      expect((await auditLog.list({ limit: 9 })).entries.map(({ object }) => object)).toEqual(["new"]);
      await expiry.removeRecords([]);
    },
  ],
];
