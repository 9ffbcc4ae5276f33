import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { JournalEvent } from "@cogniforge/core/events";
import { MemoryJournal } from "@cogniforge/core/journal";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { seededRandom } from "../../../../../packages/core/testing/seeded_random.ts";
import { usePostgres } from "../../../test/real_postgres.ts";
import { randomAnswer } from "../_random_answer.ts";
import type { JournalArchive } from "../journal_archive.ts";
import { openStorage } from "../mod.ts";
import { openPostgresStorage, type PostgresStorage } from "../postgres/mod.ts";
import { openReadOnly } from "../read_only.ts";
import { tempFolder } from "../temp_folder.ts";
import { ADMIN, authOver, CONVERSATIONS, expectSameReading, fillStorage, LEASE } from "./_full_storage.ts";
import type { CopyStorageOptions } from "./copy_storage.ts";
import { copyStorage } from "./copy_storage.ts";

const postgres = await usePostgres("the tests of copying an embedded storage into PostgreSQL");
const withPostgres = test.runIf(postgres !== undefined);

/** Copies a data folder, as the command does. */
async function copy(directory: string, options: Omit<CopyStorageOptions, "source">) {
  using source = openReadOnly(directory);
  return await copyStorage({ source: source.database, ...options });
}

async function fileHash(directory: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(join(directory, "cogniforge.sqlite")))
    .digest("hex");
}

async function* world(): AsyncGenerator<{ directory: string; target: PostgresStorage }> {
  await using folder = await tempFolder();
  await fillStorage(folder.path, seededRandom);
  const target = await openPostgresStorage({ url: (await postgres?.create()) ?? "" });
  await authOver(target);
  try {
    yield { directory: folder.path, target };
  } finally {
    await target.close();
  }
}

withPostgres(
  "copyStorage() copies everything, leaves the source as it is, and finds nothing to do the next time",
  async () => {
    for await (const { directory, target } of world()) {
      const before = await fileHash(directory);
      const copied = await copy(directory, { target });
      expect(await fileHash(directory)).toBe(before);
      const rows = Object.fromEntries(copied.map((part) => [part.name, part.rows]));
      expect(rows).toMatchObject({ user: 1, account: 1, conversations: CONVERSATIONS, turns: CONVERSATIONS });
      expect(rows).toMatchObject({ answer_records: CONVERSATIONS, archived_journals: CONVERSATIONS, api_keys: 1 });
      expect(rows).toMatchObject({ search_entries: 3 * CONVERSATIONS, prefill_memory: 1, project_contexts: 1 });
      expect(await copy(directory, { target })).toEqual(copied);

      const source = await openStorage({ directory });
      await expectSameReading({ ...target, journal: target.archive }, source);
      await source.close();
      // Numbers go on where the source stopped.
      await target.auditLog.add({ at: 2, principal: "", principalName: "", action: "", object: "three", detail: {} });
      expect((await target.auditLog.list({ limit: 9 })).entries.map(({ id }) => id)).toEqual([3, 2, 1]);
      const next = { route: "default", at: 2, principal: "", principalName: "", settings: {} };
      expect(await target.routeVersions.add(next, 1)).toMatchObject({ version: 2 });
    }
  },
  60_000,
);

withPostgres(
  "whoever could sign in before can sign in after copyStorage()",
  async () => {
    for await (const { directory, target } of world()) {
      const auth = await authOver(target);
      const signIn = () => auth.api.signInEmail({ body: { email: ADMIN.email, password: ADMIN.password } });
      await expect(signIn()).rejects.toThrow();
      await copy(directory, { target });
      expect(await signIn()).toMatchObject({ user: { email: ADMIN.email, name: ADMIN.name, role: "administrator" } });
    }
  },
  60_000,
);

withPostgres(
  "copyStorage() goes on where it was cut off",
  async () => {
    for await (const { directory, target } of world()) {
      let kept = 0;
      const failing: JournalArchive = {
        find: (answerId) => target.archive.find(answerId),
        read: (...position) => target.archive.read(...position),
        async keep(header, events) {
          if (kept === 50) throw new RangeError("Cut off");
          kept += 1;
          await target.archive.keep(header, events);
        },
      };
      const { kysely, inTurn } = target;
      await expect(copy(directory, { target: { kysely, inTurn, archive: failing } })).rejects.toThrow("Cut off");
      await kysely
        .deleteFrom("turns")
        .where("position", "=", 1)
        .where("conversation_id", ">", "conversation-3")
        .execute();
      await kysely.deleteFrom("search_entries").where("part", "=", "answer").execute();
      const copied = await copy(directory, { target });
      expect(copied.find(({ name }) => name === "archived_journals")?.rows).toBe(CONVERSATIONS);
      expect(copied.find(({ name }) => name === "turns")?.rows).toBe(CONVERSATIONS);
    }
  },
  60_000,
);

withPostgres(
  "copyStorage() writes nothing where the target holds other data, or an answer of the source runs",
  async () => {
    for await (const { directory, target } of world()) {
      const refused = { name: "StorageCopyError" };
      const count = async () => (await target.kysely.selectFrom("answer_records").select("answer_id").execute()).length;
      await target.conversations.create("user:1", { id: "foreign", title: "", at: 1 });
      await expect(copy(directory, { target })).rejects.toMatchObject({
        ...refused,
        text: { en: expect.stringContaining("'conversations'"), ar: expect.stringContaining("بيانات أخرى") },
      });
      await target.kysely.deleteFrom("conversations").execute();
      await target.kysely.deleteFrom("search_entries").execute();
      // Of the same key, and not the same.
      await target.kysely
        .insertInto("prefill_memory")
        .values({ target: "one/model", accepts: 1, learned_at: 1, setting: "" })
        .execute();
      await expect(copy(directory, { target })).rejects.toMatchObject(refused);
      await target.kysely.deleteFrom("prefill_memory").execute();
      const end = randomAnswer("foreign", seededRandom(1)).at(-1) as JournalEvent;
      await target.archive.keep({ answerId: "foreign", owner: "", createdAt: 1, ask: {} }, [{ ...end, seq: 1 }]);
      await expect(copy(directory, { target })).rejects.toMatchObject({
        text: { en: expect.stringContaining("'archived_journals'") },
      });
      await target.archive.remove(["foreign"]);
      const storage = await openStorage({ directory });
      await storage.journal.create({ answerId: "running", owner: "", createdAt: 1, ask: {} }, LEASE);
      await storage.close();
      await expect(copy(directory, { target })).rejects.toMatchObject({
        text: { en: expect.stringContaining("1 answers have not ended") },
      });
      expect(await count()).toBe(0);
    }
  },
  60_000,
);

withPostgres(
  "copyStorage() gives answers that have not ended to a journal of live ones, where whoever comes first takes them",
  async () => {
    for await (const { directory, target } of world()) {
      const storage = await openStorage({ directory });
      const events = randomAnswer("running", seededRandom(9), 20).slice(0, 8);
      const header = { answerId: "running", owner: "user:1", createdAt: 1, ask: { version: 1 } };
      const made = await storage.journal.create(header, LEASE);
      if (!made.created) throw new Error("Expected a new answer");
      await storage.journal.append(made.lease, events);
      await storage.close();
      const live = new MemoryJournal();
      const { kysely, inTurn, archive } = target;
      const copied = await copy(directory, { target: { kysely, inTurn, archive, live } });
      expect(copied.find(({ name }) => name === "running_answers")?.rows).toBe(1);
      expect(await live.read("running", 0, 99)).toEqual(events);
      const [lease] = await live.takeExpired({ holder: "next", ttlMs: 1_000, limit: 9 });
      expect(lease).toMatchObject({ answerId: "running" });
      // Further on by now: that stays.
      const [more] = randomAnswer("running", seededRandom(9), 20).slice(8);
      if (lease !== undefined && more !== undefined) await live.append(lease, [more]);
      expect(await copy(directory, { target: { kysely, inTurn, archive, live } })).toEqual(copied);
      expect((await live.find("running"))?.lastSeq).toBe(9);
    }
  },
  60_000,
);

withPostgres(
  "copyStorage() writes nothing where a server uses the target",
  async () => {
    for await (const { directory, target } of world()) {
      const { rows } = await sql<{ name: string }>`SELECT current_database() AS name`.execute(target.kysely);
      const url = Object.assign(new URL(postgres?.url ?? ""), { pathname: `/${rows[0]?.name}` }).href;
      const server = await openPostgresStorage({ url });
      await expect(copy(directory, { target })).rejects.toMatchObject({
        text: { en: expect.stringContaining("in use by 1 servers"), ar: expect.stringContaining("مستعملة") },
      });
      await server.close();
      expect(await target.kysely.selectFrom("conversations").select("id").execute()).toEqual([]);
      await copy(directory, { target });
    }
  },
  60_000,
);

withPostgres(
  "copyStorage() tells when the source was written while it was copied",
  async () => {
    for await (const { directory, target } of world()) {
      const storage = await openStorage({ directory });
      const writing = copy(directory, {
        target,
        onVerified: ({ name }) => {
          if (name === "turns") storage.database.exec("UPDATE conversations SET updated_at = updated_at + 1");
        },
      });
      await expect(writing).rejects.toMatchObject({ text: { en: expect.stringContaining("stop the server") } });
      await storage.close();
    }
  },
  60_000,
);

withPostgres(
  "copyStorage() notices what is not the same in the end",
  async () => {
    for await (const { directory, target } of world()) {
      const lossy: JournalArchive = {
        find: (answerId) => target.archive.find(answerId),
        read: (...position) => target.archive.read(...position),
        keep: (header, events) =>
          target.archive.keep(
            header,
            events.map((event) => (event.type === "attempt-start" ? { ...event, model: "another" } : event)),
          ),
      };
      const { kysely, inTurn } = target;
      await expect(copy(directory, { target: { kysely, inTurn, archive: lossy } })).rejects.toMatchObject({
        text: { en: expect.stringMatching(/not the same.*'archived_journals'/) },
      });
    }
  },
  60_000,
);
