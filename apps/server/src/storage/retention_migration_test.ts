import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Kysely } from "kysely";
import { Migrator } from "kysely/migration";
import { expect, test } from "vitest";
import { nodeSqliteDialect } from "./kysely_dialect.ts";
import { MIGRATIONS } from "./migrations/mod.ts";
import { openStorage } from "./mod.ts";
import { tempFolder } from "./temp_folder.ts";

/** A database as it was before journals knew when they ended, in a file that keeps its free pages. */
async function writeOld(directory: string): Promise<void> {
  const database = new DatabaseSync(join(directory, "cogniforge.sqlite"), { enableForeignKeyConstraints: true });
  const kysely = new Kysely<unknown>({ dialect: nodeSqliteDialect(database) });
  const old = Object.fromEntries(Object.entries(MIGRATIONS).filter(([name]) => name < "0009"));
  const { error } = await new Migrator({ db: kysely, provider: { getMigrations: async () => old } }).migrateToLatest();
  if (error !== undefined) throw error;
  const head = "INSERT INTO journal_heads VALUES";
  database.exec(`
    ${head} (1, 'with-record', 2, 1, 'h', 1, 0), (2, 'without-record', 1, 1, 'h', 1, 0), (3, 'running', 1, 0, 'h', 1, 0);
    INSERT INTO journal_asks VALUES (1, 'user:1', 100, '{}'), (2, 'user:1', 200, '{}'), (3, 'user:1', 300, '{}');
    INSERT INTO answer_records VALUES ('with-record', 'user:1', NULL, 'default', 100, '', '', '[]', '{"at":150}');
    INSERT INTO journal_batches VALUES
      (1, 1, 1, '[{"seq":1,"at":110,"type":"text-delta","attempt":1,"offset":0,"text":"ن"}]'),
      (2, 1, 2, '[{"seq":2,"at":150,"type":"answer-end","outcome":"completed","length":1}]');`);
  await kysely.destroy();
  database.close();
}

test("the migration to retention knows when each answer ended, and lets a small file shrink from now on", async () => {
  await using folder = await tempFolder();
  await writeOld(folder.path);
  const storage = await openStorage({ directory: folder.path });
  expect(await storage.expiry.strayAnswers(0, 1_000, 9)).toEqual([
    { answerId: "with-record", endedAt: 150 },
    { answerId: "without-record", endedAt: 200 },
  ]);
  expect(storage.database.prepare("PRAGMA auto_vacuum").get()).toEqual({ auto_vacuum: 2 });
  expect(await storage.journal.compact({ endedBefore: 1_000, budgetMs: 1_000 })).toBe(2);
  expect(await storage.journal.read("with-record", 0, 9)).toMatchObject([{ text: "ن" }, { type: "answer-end" }]);
  expect(await storage.journal.find("running")).toMatchObject({ isEnded: false });
  await storage.close();
});
