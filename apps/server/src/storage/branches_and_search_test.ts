import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Kysely } from "kysely";
import { Migrator } from "kysely/migration";
import { expect, test } from "vitest";
import { nodeSqliteDialect } from "./kysely_dialect.ts";
import { MIGRATIONS } from "./migrations/mod.ts";
import { openStorage } from "./mod.ts";
import { tempFolder } from "./temp_folder.ts";

/** A database as it was before conversations could branch: two conversations, one of them with three turns. */
async function writeOld(directory: string): Promise<void> {
  const database = new DatabaseSync(join(directory, "cogniforge.sqlite"), { enableForeignKeyConstraints: true });
  const kysely = new Kysely<unknown>({ dialect: nodeSqliteDialect(database) });
  const old = Object.fromEntries(Object.entries(MIGRATIONS).filter(([name]) => name < "0004"));
  const { error } = await new Migrator({ db: kysely, provider: { getMigrations: async () => old } }).migrateToLatest();
  if (error !== undefined) throw error;
  database.exec(`
    INSERT INTO conversations VALUES ('long', 'user:1', 'عنوان قديم', 1, 30), ('empty', 'user:1', 'Nothing', 2, 2);
    INSERT INTO turns VALUES ('long', 1, 'answer-1', 'first', 10), ('long', 2, 'answer-2', 'سؤالٌ', 20), ('long', 7, 'answer-3', 'third', 30);
    INSERT INTO answer_records VALUES ('answer-1', 'user:1', 'long', 'default', 10, 'نصُّ الإجابة', '', '[]', '{}');`);
  await kysely.destroy();
  database.close();
}

test("the migration to branches gives every turn the one before it as its parent, and indexes what is there", async () => {
  await using folder = await tempFolder();
  await writeOld(folder.path);
  const storage = await openStorage({ directory: folder.path });
  const { conversations } = storage;
  expect(await conversations.turns("long")).toEqual([
    { answerId: "answer-1", question: "first", askedAt: 10 },
    { answerId: "answer-2", question: "سؤالٌ", askedAt: 20, parentId: "answer-1" },
    { answerId: "answer-3", question: "third", askedAt: 30, parentId: "answer-2" },
  ]);
  expect((await conversations.list("user:1", { limit: 5 })).conversations).toEqual([
    { id: "long", title: "عنوان قديم", createdAt: 1, updatedAt: 30, isArchived: false, shownTurnId: "answer-3" },
    { id: "empty", title: "Nothing", createdAt: 2, updatedAt: 2, isArchived: false },
  ]);
  for (const query of ["عنوان", "سوال", "اجابه"]) {
    const { conversations: found } = await conversations.search("user:1", { query, limit: 5 });
    expect(
      found.map(({ id }) => id),
      query,
    ).toEqual(["long"]);
  }
  // Deleting a conversation still takes its turns along.
  await conversations.remove("user:1", "long", 40);
  await conversations.purge("long");
  expect(await conversations.turns("long")).toEqual([]);
  await storage.close();
});
