import type { AnswerEnd } from "@cogniforge/core/events";
import { expect } from "vitest";
import { createAuth, createFirstRun } from "../../auth/mod.ts";
import { randomAnswer } from "../_random_answer.ts";
import type { JournalArchive, RecordStorage } from "../mod.ts";
import { openStorage } from "../mod.ts";

export const ADMIN = { email: "admin@example.com", password: "correct horse battery", name: "مدير" };
export const LEASE = { holder: "test", ttlMs: 60_000 };
/** More than a page of rows. */
export const CONVERSATIONS = 130;

/** Fills a data folder with everything that there is to copy; what is random in it comes from seeds. */
export async function fillStorage(directory: string, seeded: (seed: number) => () => number): Promise<void> {
  const storage = await openStorage({ directory });
  const { conversations, records, journal, apiKeys, auditLog, routeVersions, measures, projectContexts } = storage;
  for (let index = 0; index < CONVERSATIONS; index++) {
    const [id, answerId] = [`conversation-${index}`, `answer-${index}`];
    const at = 1_700_000_000_000 + index;
    await conversations.create("user:1", { id, title: `عنوان ${index} \u0000`, at });
    await conversations.addTurn(id, { question: `How is forge ${index}?`, answerId, askedAt: at });
    const events = randomAnswer(answerId, seeded(index + 1), 20);
    const header = { answerId, owner: "user:1", createdAt: at, ask: { version: 1, text: "؟ \u0000" } };
    const made = await journal.create(header, LEASE);
    if (!made.created) throw new Error("Expected a new answer");
    await journal.append(made.lease, events);
    const end = events.at(-1) as AnswerEnd;
    const texts = { text: `iron \u0000 ${index}`, reasoning: "", toolCalls: [] };
    await records.put({
      answerId,
      owner: "user:1",
      conversationId: id,
      route: "default",
      createdAt: at,
      ...texts,
      end,
    });
  }
  await journal.compact({ endedBefore: Number.MAX_SAFE_INTEGER, budgetMs: 5 });
  const context = { project: "forge", version: "v1", text: "نص", sections: [] };
  await projectContexts.put("answer-0", "conversation-0", context as never);
  await conversations.remove("user:1", "conversation-1", 5);
  await conversations.archive("user:1", "conversation-2", 6);
  const key = {
    owner: "user:1",
    name: "مفتاح",
    hint: "cf-…",
    createdAt: 1,
    routes: ["default"],
    limits: { totalUsd: 2 },
  };
  await apiKeys.insert({ ...key, id: "key-1", hash: "hash", isSuspended: false });
  await apiKeys.addSpending("key-1", "2026-11-23", { usd: 0.1, tokens: 7 });
  await routeVersions.add({ route: "default", at: 1, principal: "user:1", principalName: "س", settings: null }, 0);
  for (const object of ["one", "two"]) {
    await auditLog.add({ at: 1, principal: "user:1", principalName: "س", action: "a", object, detail: {} });
  }
  await measures.keep();
  storage.prefillMemory.learnPrefill("one/model", false);
  await createFirstRun({ auth: await authOver(storage) }).ensureAdministrator(ADMIN);
  await storage.close();
}

/** What can be read of a storage and its journals. */
type Readable = Pick<RecordStorage, "conversations" | "records" | "apiKeys"> & {
  journal: Pick<JournalArchive, "find" | "read">;
};

/** Expects that whoever reads finds the same in both. */
export async function expectSameReading(copy: Readable, original: Readable): Promise<void> {
  const page = { limit: 200 };
  expect(await copy.conversations.list("user:1", page)).toEqual(await original.conversations.list("user:1", page));
  for (const query of ["عنوان", "forge 12", "iron", "nothing"]) {
    const options = { query, limit: 20 };
    const found = await copy.conversations.search("user:1", options);
    expect(found, query).toEqual(await original.conversations.search("user:1", options));
  }
  for (const index of [0, 64, CONVERSATIONS - 1]) {
    const answerId = `answer-${index}`;
    expect(await copy.journal.find(answerId)).toEqual(await original.journal.find(answerId));
    for (const after of [1, 3]) {
      const events = await copy.journal.read(answerId, after, 9_999);
      expect(events).toEqual(await original.journal.read(answerId, after, 9_999));
    }
    expect(await copy.records.get(answerId)).toEqual(await original.records.get(answerId));
  }
  expect(await copy.apiKeys.all()).toEqual(await original.apiKeys.all());
}

/** The sign-in over a storage, with its tables. */
export function authOver({ kysely, dialect, inTurn }: RecordStorage) {
  return createAuth({ kysely, dialect, inTurn, secret: "a secret of thirty-two characters" });
}
