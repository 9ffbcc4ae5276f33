import type { AnswerEnd, JournalEvent } from "@cogniforge/core/events";
import { MemoryJournal } from "@cogniforge/core/journal";
import type { KyselyPlugin } from "kysely";
import { expect, test } from "vitest";
import { seededRandom } from "../../../../../../packages/core/testing/seeded_random.ts";
import { usePostgres } from "../../../../test/real_postgres.ts";
import { randomAnswer } from "../../_random_answer.ts";
import { openStorage, type Storage } from "../../mod.ts";
import { openPostgresStorage, type PostgresStorage } from "../../postgres/mod.ts";
import { openReadOnly } from "../../read_only.ts";
import { tempFolder } from "../../temp_folder.ts";
import { ADMIN, authOver, CONVERSATIONS, expectSameReading, fillStorage, LEASE } from "../_full_storage.ts";
import { copyStorage } from "../copy_storage.ts";
import { embedStorage } from "./embed_storage.ts";

const postgres = await usePostgres("the tests of writing what PostgreSQL holds into an embedded storage");
const withPostgres = test.runIf(postgres !== undefined);
const TIMEOUT_MS = 60_000;

/** An empty database, with all tables. */
async function emptyDatabase(tidy: AsyncDisposableStack): Promise<PostgresStorage> {
  const storage = await openPostgresStorage({ url: (await postgres?.create()) ?? "" });
  tidy.defer(() => storage.close());
  await authOver(storage);
  return storage;
}

/** An empty storage, with all tables, and its folder. */
async function emptyStorage(tidy: AsyncDisposableStack): Promise<Storage & { directory: string }> {
  const { path: directory } = tidy.use(await tempFolder());
  const storage = await openStorage({ directory });
  tidy.defer(() => storage.close());
  await authOver(storage);
  return { ...storage, directory };
}

async function copy(directory: string, target: PostgresStorage) {
  using source = openReadOnly(directory);
  return await copyStorage({ source: source.database, target });
}

/** A database that holds something of everything, and the storage from which it came. */
async function fullDatabase(tidy: AsyncDisposableStack) {
  const { path: directory } = tidy.use(await tempFolder());
  await fillStorage(directory, seededRandom);
  const source = await emptyDatabase(tidy);
  await copy(directory, source);
  const original = await openStorage({ directory });
  tidy.defer(() => original.close());
  return { source, original };
}

withPostgres(
  "embedStorage() writes everything, and numbers go on where they stopped",
  async () => {
    await using tidy = new AsyncDisposableStack();
    const { source, original } = await fullDatabase(tidy);
    // Its number must be given to nobody else.
    await source.kysely.deleteFrom("audit_log").where("id", "=", 2).execute();
    const target = await emptyStorage(tidy);
    const written = await embedStorage({ source, target });
    const rows = Object.fromEntries(written.map((part) => [part.name, part.rows]));
    expect(rows).toMatchObject({ user: 1, conversations: CONVERSATIONS, archived_journals: CONVERSATIONS });

    await expectSameReading(target, original);
    await target.auditLog.add({ at: 2, principal: "", principalName: "", action: "", object: "three", detail: {} });
    expect((await target.auditLog.list({ limit: 9 })).entries.map(({ id }) => id)).toEqual([3, 1]);
    const auth = await authOver(target);
    const signedIn = await auth.api.signInEmail({ body: { email: ADMIN.email, password: ADMIN.password } });
    expect(signedIn).toMatchObject({ user: { email: ADMIN.email, name: ADMIN.name, role: "administrator" } });
  },
  TIMEOUT_MS,
);

withPostgres(
  "what embedStorage() wrote and copyStorage() brings back is the same, row for row",
  async () => {
    await using tidy = new AsyncDisposableStack();
    const { source } = await fullDatabase(tidy);
    const target = await emptyStorage(tidy);
    const written = await embedStorage({ source, target });
    const again = await emptyDatabase(tidy);
    await copy(target.directory, again);
    expect(await embedStorage({ source: again, target: await emptyStorage(tidy) })).toEqual(written);
  },
  TIMEOUT_MS,
);

withPostgres(
  "what servers write while embedStorage() reads is in no part of it",
  async () => {
    await using tidy = new AsyncDisposableStack();
    const { source } = await fullDatabase(tidy);
    const target = await emptyStorage(tidy);
    let isWritten = false;
    const writeOnce: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      async transformResult({ result }) {
        if (isWritten) return result;
        isWritten = true;
        const [id, answerId] = ["later", "later-answer"];
        const end = randomAnswer(answerId, seededRandom(1), 3).at(-1) as AnswerEnd;
        await source.conversations.create("user:1", { id, title: "", at: 1 });
        await source.conversations.addTurn(id, { question: "Q", answerId, askedAt: 1 });
        const record = { answerId, owner: "user:1", conversationId: id, route: "default", createdAt: 1, end };
        await source.records.put({ ...record, text: "A", reasoning: "", toolCalls: [] });
        return result;
      },
    };
    const written = await embedStorage({ source: { kysely: source.kysely.withPlugin(writeOnce) }, target });
    expect(await source.conversations.find("user:1", "later")).toBeDefined();
    const rows = Object.fromEntries(written.map((part) => [part.name, part.rows]));
    const [turns, conversations, answer_records] = Array.from({ length: 3 }, () => CONVERSATIONS);
    expect(rows).toMatchObject({ conversations, turns, answer_records, search_entries: 3 * CONVERSATIONS });
  },
  TIMEOUT_MS,
);

withPostgres(
  "embedStorage() notices what is not the same in the end",
  async () => {
    await using tidy = new AsyncDisposableStack();
    const { source } = await fullDatabase(tidy);
    const target = await emptyStorage(tidy);
    target.database.exec(`
      CREATE TRIGGER lossy AFTER INSERT ON turns WHEN new.answer_id = 'answer-77'
      BEGIN UPDATE turns SET question = trim(question, '?') WHERE answer_id = new.answer_id; END`);
    await expect(embedStorage({ source, target })).rejects.toMatchObject({
      name: "StorageCopyError",
      text: { en: expect.stringContaining("'turns'"), ar: expect.stringContaining("لا تطابق") },
    });
  },
  TIMEOUT_MS,
);

withPostgres(
  "embedStorage() writes running answers for whoever opens the storage next, and those that ended just now with their record",
  async () => {
    await using tidy = new AsyncDisposableStack();
    const { source } = await fullDatabase(tidy);
    const target = await emptyStorage(tidy);
    const journal = new MemoryJournal();
    const events = new Map<string, JournalEvent[]>();
    const begin = async (answerId: string, conversationId: string | undefined, isWhole: boolean) => {
      const all = randomAnswer(answerId, seededRandom(5), 20);
      const some = isWhole ? all : all.slice(0, 7);
      const ask = { version: 1, ...(conversationId !== undefined && { conversationId }) };
      const made = await journal.create({ answerId, owner: "user:1", createdAt: 1, ask }, LEASE);
      if (!made.created) throw new Error("Expected a new answer");
      await journal.append(made.lease, some);
      events.set(answerId, some);
    };
    await begin("running", "conversation-3", false);
    await begin("alone", undefined, false);
    await begin("ended", "conversation-4", true);
    await begin("of-a-later-conversation", "later", false);
    // What is asked before the moment, and right after it: none of the two alone has all.
    const ids = [[...events.keys()].slice(1), ["running", "answer-1", "gone"]];
    await embedStorage({
      source,
      target,
      live: {
        journal,
        unarchived: async () => ids.shift() ?? [],
        makeRecord: ({ answerId, owner, createdAt }, { text, reasoning, toolCalls, end }) =>
          end && {
            answerId,
            owner,
            createdAt,
            conversationId: "conversation-4",
            route: "r",
            text,
            reasoning,
            toolCalls,
            end,
          },
      },
    });
    for (const answerId of ["running", "alone", "ended"]) {
      expect(await target.journal.read(answerId, 0, 9_999), answerId).toEqual(events.get(answerId));
    }
    const taken = await target.journal.takeExpired({ holder: "next", ttlMs: 1_000, limit: 9 });
    expect(taken.map(({ answerId }) => answerId).toSorted()).toEqual(["alone", "running"]);
    expect(await target.records.get("ended")).toMatchObject({ conversationId: "conversation-4" });
    expect(await target.records.get("running")).toBeUndefined();
    expect(await target.journal.find("of-a-later-conversation")).toBeUndefined();
  },
  TIMEOUT_MS,
);
