import { afterEach, beforeEach, expect, test } from "vitest";
import { openStorage, type Storage } from "./mod.ts";
import { tempFolder } from "./temp_folder.ts";

let folder: Awaited<ReturnType<typeof tempFolder>>;
let storage: Storage;
beforeEach(async () => {
  folder = await tempFolder();
  storage = await openStorage({ directory: folder.path });
});
afterEach(async () => {
  await storage.close();
  await folder[Symbol.asyncDispose]();
});

const OWNER = "user:1";

function createMany(ids: readonly string[], at: (index: number) => number) {
  return Promise.all(ids.map((id, index) => storage.conversations.create(OWNER, { id, title: id, at: at(index) })));
}

test("SqliteConversations.list() gives every conversation once, newest first, also when their times are equal", async () => {
  const ids = Array.from({ length: 23 }, (_, index) => `conversation-${String(index).padStart(2, "0")}`);
  await createMany(ids, (index) => 1000 + Math.floor(index / 4));
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
});

test("SqliteConversations.list() repeats nothing of a page before when a conversation moves to the top", async () => {
  await createMany(["a-1", "a-2", "a-3", "a-4"], (index) => index);
  const first = await storage.conversations.list(OWNER, { limit: 2 });
  await storage.conversations.addTurn("a-1", { question: "?", answerId: "answer-1", askedAt: 99 });
  const second = await storage.conversations.list(OWNER, { limit: 2, cursor: first.nextCursor });
  expect([first, second].map((page) => page.conversations.map(({ id }) => id))).toEqual([["a-4", "a-3"], ["a-2"]]);
  expect((await storage.conversations.list(OWNER, { limit: 1 })).conversations[0]).toMatchObject({
    id: "a-1",
    updatedAt: 99,
  });
});

test("SqliteConversations.list() refuses text that is no cursor", async () => {
  for (const cursor of ["", "x", "c1.answer-1.1.1", Buffer.from("[1]").toString("base64url")]) {
    await expect(storage.conversations.list(OWNER, { limit: 2, cursor })).rejects.toMatchObject({
      code: "invalid-cursor",
    });
  }
});

test("SqliteConversations.addTurn() keeps the order of asking, and adds an answer's turn once", async () => {
  await createMany(["conversation-1"], () => 1);
  const turns = ["one", "اثنان", "three \u0000 '"].map((question, index) => ({
    question,
    answerId: `answer-${index}`,
    askedAt: 10,
  }));
  for (const turn of turns) await storage.conversations.addTurn("conversation-1", turn);
  await storage.conversations.addTurn("conversation-1", { question: "again", answerId: "answer-1", askedAt: 11 });
  expect(await storage.conversations.turns("conversation-1")).toEqual(turns);
});

test("SqliteConversations.addTurn() at the same moment loses none", async () => {
  await createMany(["conversation-1"], () => 1);
  const answerIds = Array.from({ length: 20 }, (_, index) => `answer-${index}`);
  await Promise.all(
    answerIds.map((answerId) =>
      storage.conversations.addTurn("conversation-1", { question: "?", answerId, askedAt: 2 }),
    ),
  );
  const turns = await storage.conversations.turns("conversation-1");
  expect(turns.map(({ answerId }) => answerId)).toEqual(answerIds);
});

test("SqliteConversations shows, renames and removes nothing of another owner", async () => {
  await createMany(["conversation-1"], () => 1);
  const { conversations } = storage;
  expect(await conversations.find("user:2", "conversation-1")).toBeUndefined();
  expect(await conversations.rename("user:2", "conversation-1", "stolen")).toBe(false);
  expect(await conversations.remove("user:2", "conversation-1")).toBe(false);
  await expect(conversations.create("user:2", { id: "conversation-1", title: "", at: 1 })).rejects.toThrow(RangeError);
  expect(await conversations.rename(OWNER, "conversation-1", "new")).toBe(true);
  expect(await conversations.find(OWNER, "conversation-1")).toMatchObject({ title: "new" });
});

test("SqliteConversations.remove() takes the turns along", async () => {
  await createMany(["conversation-1"], () => 1);
  await storage.conversations.addTurn("conversation-1", { question: "?", answerId: "answer-1", askedAt: 2 });
  expect(await storage.conversations.remove(OWNER, "conversation-1")).toBe(true);
  expect(await storage.conversations.turns("conversation-1")).toEqual([]);
  await expect(
    storage.conversations.addTurn("conversation-1", { question: "?", answerId: "answer-2", askedAt: 2 }),
  ).rejects.toThrow(RangeError);
});
