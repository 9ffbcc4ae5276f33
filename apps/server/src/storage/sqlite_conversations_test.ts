import { afterEach, beforeEach, expect, test } from "vitest";
import { type AnswerRecord, openStorage, type Storage } from "./mod.ts";
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

test("KyselyConversations.list() gives every conversation once, newest first, also when their times are equal", async () => {
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

test("KyselyConversations.list() repeats nothing of a page before when a conversation moves to the top", async () => {
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

test("KyselyConversations.list() refuses text that is no cursor", async () => {
  for (const cursor of ["", "x", "c1.answer-1.1.1", Buffer.from("[1]").toString("base64url")]) {
    await expect(storage.conversations.list(OWNER, { limit: 2, cursor })).rejects.toMatchObject({
      code: "invalid-cursor",
    });
  }
});

test("KyselyConversations.addTurn() keeps the order of asking, and adds an answer's turn once", async () => {
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

test("KyselyConversations.addTurn() at the same moment loses none", async () => {
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

test("KyselyConversations shows and changes nothing of another owner", async () => {
  await createMany(["conversation-1", "conversation-2"], () => 1);
  const { conversations } = storage;
  await conversations.remove(OWNER, "conversation-2", 2);
  expect(await conversations.find("user:2", "conversation-1")).toBeUndefined();
  expect(await conversations.rename("user:2", "conversation-1", "stolen")).toBe(false);
  expect(await conversations.archive("user:2", "conversation-1", 3)).toBe(false);
  expect(await conversations.remove("user:2", "conversation-1", 3)).toBe(false);
  expect(await conversations.restore("user:2", "conversation-2")).toBe(false);
  expect(await conversations.search("user:2", { query: "conversation", limit: 9 })).toEqual({ conversations: [] });
  await expect(conversations.create("user:2", { id: "conversation-1", title: "", at: 1 })).rejects.toThrow(RangeError);
  expect(await conversations.rename(OWNER, "conversation-1", "new")).toBe(true);
  expect(await conversations.find(OWNER, "conversation-1")).toMatchObject({ title: "new", isArchived: false });
});

test("KyselyConversations keeps the parent of each turn, and shows the turn that came last or was chosen", async () => {
  await createMany(["conversation-1"], () => 1);
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
});

test("KyselyConversations.list() keeps archived ones apart, until a question is asked in them", async () => {
  await createMany(["a-1", "a-2", "a-3"], (index) => index);
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
});

test("KyselyConversations.remove() hides a conversation until it is restored", async () => {
  await createMany(["conversation-1"], () => 1);
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
});

test("KyselyConversations.purge() leaves nothing of a removed conversation, and nothing else alone", async () => {
  await createMany(["gone", "kept"], () => 1);
  const { conversations, records, database } = storage;
  for (const id of ["gone", "kept"]) {
    await conversations.addTurn(id, { question: "needle", answerId: `answer-${id}`, askedAt: 2 });
    await records.put({ ...RECORD, answerId: `answer-${id}`, conversationId: id });
  }
  await conversations.purge("kept");
  await conversations.remove(OWNER, "gone", 5);
  expect(await conversations.removedBefore(4)).toEqual([]);
  expect(await conversations.removedBefore(5)).toEqual(["gone"]);
  await conversations.purge("gone");
  for (const [table, column] of [
    ["conversations", "id"],
    ["turns", "conversation_id"],
    ["answer_records", "conversation_id"],
    ["search_entries", "conversation_id"],
  ]) {
    const rows = database.prepare(`SELECT DISTINCT ${column} AS id FROM ${table}`).all();
    expect(
      rows.map(({ id }) => id),
      table,
    ).toEqual(["kept"]);
  }
  expect(database.prepare("SELECT count(*) AS count FROM search_index").get()).toMatchObject({ count: 3 });
  await expect(conversations.addTurn("gone", { question: "?", answerId: "answer-2", askedAt: 2 })).rejects.toThrow(
    RangeError,
  );
});

const RECORD: AnswerRecord = {
  answerId: "answer-1",
  owner: OWNER,
  conversationId: "conversation-1",
  route: "default",
  createdAt: 1,
  text: "the answer has a haystack",
  reasoning: "",
  toolCalls: [],
  end: {
    seq: 2,
    at: 2,
    type: "answer-end",
    outcome: "completed",
    length: 25,
    sha256: "00",
    attempts: [],
    timing: { totalMs: 1, deltas: 1 },
  },
};

async function found(query: string) {
  const { conversations } = await storage.conversations.search(OWNER, { query, limit: 20 });
  return conversations.map(({ id }) => id);
}

test("KyselyConversations.search() finds titles, questions and answers by the beginnings of their words", async () => {
  await createMany(["by-title", "by-question", "by-answer"], (index) => index);
  const { conversations, records } = storage;
  await conversations.rename(OWNER, "by-title", "Forging blades");
  await conversations.addTurn("by-question", {
    question: "How do I forge a blade?",
    answerId: "answer-1",
    askedAt: 10,
  });
  await conversations.addTurn("by-answer", { question: "?", answerId: "answer-2", askedAt: 20 });
  await records.put({ ...RECORD, answerId: "answer-2", conversationId: "by-answer", text: "A FORGE makes a Blade." });
  expect(await found("forg blad")).toEqual(["by-answer", "by-question", "by-title"]);
  expect(await found("blade forge")).toEqual(["by-answer", "by-question"]);
  expect(await found("orge")).toEqual([]);
  expect(await found("forge hammer")).toEqual([]);
  expect(await found("  !?  ")).toEqual([]);
  expect(await found('forge" OR "a')).toEqual([]);
  await conversations.rename(OWNER, "by-title", "Something else");
  expect(await found("forging")).toEqual([]);
});

test("KyselyConversations.search() gives the best places of each, as text with ranges", async () => {
  await createMany(["conversation-1"], () => 1);
  const { conversations, records } = storage;
  await conversations.rename(OWNER, "conversation-1", "إجابات المُستخدِم");
  await conversations.addTurn("conversation-1", { question: "ما هي الإجابة؟", answerId: "answer-1", askedAt: 2 });
  await records.put({ ...RECORD, text: `${"word ".repeat(80)}<b>الاجابه</b> ${"word ".repeat(80)}` });
  const page = await conversations.search(OWNER, { query: "اجابه", limit: 5 });
  const { matches } = page.conversations[0] ?? { matches: [] };
  const marked = matches.map(({ part, turnId, text, ranges }) => [
    part,
    turnId,
    ranges.map(([from, to]) => text.slice(from, to)),
  ]);
  expect(marked).toEqual([
    ["answer", "answer-1", ["الاجابه"]],
    ["question", "answer-1", ["الإجابة"]],
  ]);
  expect(matches[0]?.text).toMatch(/^…word .*<b>الاجابه<\/b>.* word…$/);
  expect((await conversations.search(OWNER, { query: "اجابا", limit: 5 })).conversations[0]?.matches[0]).toEqual({
    part: "title",
    text: "إجابات المُستخدِم",
    ranges: [[0, 6]],
  });
});

test("KyselyConversations.search() is paged, and finds archived conversations too", async () => {
  const ids = Array.from({ length: 7 }, (_, index) => `found-${index}`);
  await createMany(ids, (index) => Math.floor(index / 2));
  await storage.conversations.archive(OWNER, "found-3", 9);
  const listed: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await storage.conversations.search(OWNER, { query: "found", limit: 3, cursor });
    listed.push(...page.conversations.map(({ id, isArchived }) => `${id}${isArchived ? " archived" : ""}`));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  expect(listed).toEqual(["6", "5", "4", "3 archived", "2", "1", "0"].map((name) => `found-${name}`));
});
