import { expect } from "vitest";
import { createMany, OWNER, RECORD } from "./_conversation_tools.ts";
import type { StoreCase } from "./store_case.ts";

/** What every {@linkcode ConversationStore} keeps. */
export const CONVERSATION_CASES: readonly StoreCase[] = [
  [
    "ConversationStore.list() gives every conversation once, newest first, also when their times are equal",
    async ({ storage }) => {
      const ids = Array.from({ length: 23 }, (_, index) => `conversation-${String(index).padStart(2, "0")}`);
      await createMany(storage, ids, (index) => 1000 + Math.floor(index / 4));
      await storage.conversations.create("user:2", { id: "conversation-of-another", title: "", at: 5000 });
      const listed: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await storage.conversations.list(OWNER, { limit: 5, cursor });
        expect(page.conversations.length).toBeLessThanOrEqual(5);
        listed.push(...page.conversations.map(({ id }) => id));
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      expect(listed).toEqual(ids.toReversed());
    },
  ],

  [
    "ConversationStore.list() repeats nothing of a page before when a conversation moves to the top",
    async ({ storage }) => {
      await createMany(storage, ["a-1", "a-2", "a-3", "a-4"], (index) => index);
      const first = await storage.conversations.list(OWNER, { limit: 2 });
      await storage.conversations.addTurn("a-1", { question: "?", answerId: "answer-1", askedAt: 99 });
      const second = await storage.conversations.list(OWNER, { limit: 2, cursor: first.nextCursor });
      expect([first, second].map((page) => page.conversations.map(({ id }) => id))).toEqual([["a-4", "a-3"], ["a-2"]]);
      expect((await storage.conversations.list(OWNER, { limit: 1 })).conversations[0]).toMatchObject({
        id: "a-1",
        updatedAt: 99,
      });
    },
  ],

  [
    "ConversationStore.list() refuses text that is no cursor",
    async ({ storage }) => {
      for (const cursor of ["", "x", "c1.answer-1.1.1", Buffer.from("[1]").toString("base64url")]) {
        await expect(storage.conversations.list(OWNER, { limit: 2, cursor })).rejects.toMatchObject({
          code: "invalid-cursor",
        });
      }
    },
  ],

  [
    "ConversationStore.addTurn() keeps the order of asking, and adds an answer's turn once",
    async ({ storage }) => {
      await createMany(storage, ["conversation-1"], () => 1);
      const turns = ["one", "اثنان", "three \u0000 '"].map((question, index) => ({
        question,
        answerId: `answer-${index}`,
        askedAt: 10,
      }));
      for (const turn of turns) await storage.conversations.addTurn("conversation-1", turn);
      await storage.conversations.addTurn("conversation-1", { question: "again", answerId: "answer-1", askedAt: 11 });
      expect(await storage.conversations.turns("conversation-1")).toEqual(turns);
    },
  ],

  [
    "ConversationStore.addTurn() at the same moment loses none, and gives each its place",
    async ({ storage }) => {
      await createMany(storage, ["conversation-1"], () => 1);
      const answerIds = Array.from({ length: 20 }, (_, index) => `answer-${index}`);
      await Promise.all(
        answerIds.map((answerId) =>
          storage.conversations.addTurn("conversation-1", { question: "?", answerId, askedAt: 2 }),
        ),
      );
      const turns = await storage.conversations.turns("conversation-1");
      expect(turns.map(({ answerId }) => answerId).toSorted()).toEqual(answerIds.toSorted());
    },
  ],

  [
    "ConversationStore shows and changes nothing of another owner",
    async ({ storage }) => {
      await createMany(storage, ["conversation-1", "conversation-2"], () => 1);
      const { conversations } = storage;
      await conversations.remove(OWNER, "conversation-2", 2);
      expect(await conversations.find("user:2", "conversation-1")).toBeUndefined();
      expect(await conversations.rename("user:2", "conversation-1", "stolen")).toBe(false);
      expect(await conversations.archive("user:2", "conversation-1", 3)).toBe(false);
      expect(await conversations.remove("user:2", "conversation-1", 3)).toBe(false);
      expect(await conversations.restore("user:2", "conversation-2")).toBe(false);
      expect(await conversations.search("user:2", { query: "conversation", limit: 9 })).toEqual({ conversations: [] });
      await expect(conversations.create("user:2", { id: "conversation-1", title: "", at: 1 })).rejects.toThrow(
        RangeError,
      );
      expect(await conversations.rename(OWNER, "conversation-1", "new")).toBe(true);
      expect(await conversations.find(OWNER, "conversation-1")).toMatchObject({ title: "new", isArchived: false });
    },
  ],

  [
    "ConversationStore keeps the parent of each turn, and shows the turn that came last or was chosen",
    async ({ storage }) => {
      await createMany(storage, ["conversation-1"], () => 1);
      const { conversations } = storage;
      const turn = (answerId: string, parentId?: string) => ({
        question: answerId,
        answerId,
        askedAt: 2,
        ...(parentId === undefined ? {} : { parentId }),
      });
      const turns = [turn("answer-1"), turn("answer-2", "answer-1"), turn("answer-3", "answer-1")];
      for (const one of turns) await conversations.addTurn("conversation-1", one);
      expect(await conversations.turns("conversation-1")).toEqual(turns);
      expect(await conversations.find(OWNER, "conversation-1")).toMatchObject({ shownTurnId: "answer-3" });
      await conversations.show("conversation-1", "answer-2");
      expect(await conversations.find(OWNER, "conversation-1")).toMatchObject({ shownTurnId: "answer-2" });
    },
  ],

  [
    "ConversationStore.list() keeps archived ones apart, until a question is asked in them",
    async ({ storage }) => {
      await createMany(storage, ["a-1", "a-2", "a-3"], (index) => index);
      const { conversations } = storage;
      expect(await conversations.archive(OWNER, "a-2", 9)).toBe(true);
      const ids = async (archived: boolean) =>
        (await conversations.list(OWNER, { limit: 9, archived })).conversations.map(({ id }) => id);
      expect(await ids(false)).toEqual(["a-3", "a-1"]);
      expect(await ids(true)).toEqual(["a-2"]);
      await conversations.addTurn("a-2", { question: "?", answerId: "answer-1", askedAt: 10 });
      expect(await ids(false)).toEqual(["a-2", "a-3", "a-1"]);
      await conversations.archive(OWNER, "a-3", 11);
      expect(await conversations.archive(OWNER, "a-3", undefined)).toBe(true);
      expect(await ids(true)).toEqual([]);
    },
  ],

  [
    "ConversationStore.remove() hides a conversation until it is restored",
    async ({ storage }) => {
      await createMany(storage, ["conversation-1"], () => 1);
      const { conversations } = storage;
      await conversations.addTurn("conversation-1", { question: "needle", answerId: "answer-1", askedAt: 2 });
      expect(await conversations.remove(OWNER, "conversation-1", 3)).toBe(true);
      expect(await conversations.remove(OWNER, "conversation-1", 4)).toBe(false);
      expect(await conversations.find(OWNER, "conversation-1")).toBeUndefined();
      expect(await conversations.list(OWNER, { limit: 9 })).toEqual({ conversations: [] });
      expect(await conversations.search(OWNER, { query: "needle", limit: 9 })).toEqual({ conversations: [] });
      expect(await conversations.rename(OWNER, "conversation-1", "no")).toBe(false);
      expect(await conversations.restore(OWNER, "conversation-1")).toBe(true);
      expect(await conversations.restore(OWNER, "conversation-1")).toBe(false);
      expect((await conversations.search(OWNER, { query: "needle", limit: 9 })).conversations).toHaveLength(1);
      expect(await conversations.turns("conversation-1")).toHaveLength(1);
    },
  ],

  [
    "ConversationStore.purge() leaves nothing of a removed conversation, and nothing else alone",
    async ({ storage }) => {
      await createMany(storage, ["gone", "kept"], () => 1);
      const { conversations, records, kysely } = storage;
      for (const id of ["gone", "kept"]) {
        await conversations.addTurn(id, { question: "needle", answerId: `answer-${id}`, askedAt: 2 });
        await records.put({ ...RECORD, answerId: `answer-${id}`, conversationId: id });
      }
      await conversations.purge("kept");
      await conversations.remove(OWNER, "gone", 5);
      expect(await conversations.removedBefore(4)).toEqual([]);
      expect(await conversations.removedBefore(5)).toEqual(["gone"]);
      await conversations.purge("gone");
      const left = {
        conversations: await kysely.selectFrom("conversations").select("id").execute(),
        turns: await kysely.selectFrom("turns").select("conversation_id as id").execute(),
        answer_records: await kysely.selectFrom("answer_records").select("conversation_id as id").execute(),
        search_entries: await kysely.selectFrom("search_entries").select("conversation_id as id").distinct().execute(),
      };
      for (const [table, rows] of Object.entries(left)) {
        expect(
          rows.map(({ id }) => id),
          table,
        ).toEqual(["kept"]);
      }
      await expect(conversations.addTurn("gone", { question: "?", answerId: "answer-2", askedAt: 2 })).rejects.toThrow(
        RangeError,
      );
    },
  ],
];
