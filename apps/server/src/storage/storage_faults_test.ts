import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { TextDelta } from "@cogniforge/core/events";
import { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { expect, test } from "vitest";
import { FailureError } from "../failure_error.ts";
import { failureErrorOf } from "../http/respond.ts";
import { nodeSqliteDialect } from "./kysely_dialect.ts";
import { MIGRATIONS } from "./migrations/mod.ts";
import { migrationBackups, openStorage, storageFaultOf } from "./mod.ts";
import type { StorageSchema } from "./schema.ts";
import { tempFolder } from "./temp_folder.ts";

const HEADER = { answerId: "answer-1", owner: "user:1", createdAt: 0, ask: {} };
const LEASE = { holder: "test", ttlMs: 60_000 };

const delta = (seq: number): TextDelta => ({
  seq,
  at: 0,
  type: "text-delta",
  attempt: 1,
  offset: (seq - 1) * 2000,
  text: "نص".repeat(1000),
});

test("SqliteJournal on a full disk refuses what it can't keep, keeps what it acknowledged, and goes on once there is room", async () => {
  await using folder = await tempFolder();
  const storage = await openStorage({ directory: folder.path });
  const { page_count } = storage.database.prepare("PRAGMA page_count").get() as { page_count: number };
  // SQLITE_FULL of a limit on pages and of a disk without room are one and the same to whoever writes.
  storage.database.exec(`PRAGMA max_page_count = ${page_count + 50}`);
  const created = await storage.journal.create(HEADER, LEASE);
  if (!created.created) throw new Error("Expected a new answer");
  let acknowledged = 0;
  const refusal = await (async () => {
    for (;;) {
      try {
        await storage.journal.append(created.lease, [delta(acknowledged + 1)]);
        acknowledged += 1;
      } catch (error) {
        return error;
      }
    }
  })();
  expect(storageFaultOf(refusal)).toBe("disk-full");
  const { info } = failureErrorOf(refusal);
  expect(info.code).toBe("storage");
  expect(info.message.en).toContain("The disk is full");
  expect(info.message.ar).toContain("القرص ممتلئ");
  expect(acknowledged).toBeGreaterThan(5);
  expect((await storage.journal.read("answer-1", 0, 1000)).length).toBe(acknowledged);

  storage.database.exec("PRAGMA max_page_count = 1000000");
  await storage.journal.append(created.lease, [delta(acknowledged + 1)]);
  await storage.close();
  const again = await openStorage({ directory: folder.path });
  const kept = await again.journal.read("answer-1", 0, 1000);
  expect(kept).toEqual(Array.from({ length: acknowledged + 1 }, (_, index) => delta(index + 1)));
  await again.close();
});

test("Storage tells of a database that another process holds, and writes again once that lets go", async () => {
  await using folder = await tempFolder();
  const storage = await openStorage({ directory: folder.path });
  const program = `
    const { DatabaseSync } = require("node:sqlite");
    const database = new DatabaseSync(process.argv[1]);
    database.exec("BEGIN IMMEDIATE");
    process.stdout.write("held");
    process.stdin.once("data", () => { database.exec("ROLLBACK"); process.exit(0); });`;
  const other = spawn(process.execPath, ["-e", program, storage.path], { stdio: ["pipe", "pipe", "inherit"] });
  const gone = once(other, "exit");
  await once(other.stdout, "data");

  const refusal: unknown = await storage.journal.create(HEADER, LEASE).catch((error: unknown) => error);
  expect(storageFaultOf(refusal)).toBe("locked");
  expect(failureErrorOf(refusal).info.message.ar).toContain("تحجز عملية أخرى");
  expect(await storage.isHealthy()).toBe(false);

  other.stdin.write("go");
  await gone;
  expect(await storage.journal.create(HEADER, LEASE)).toMatchObject({ created: true });
  expect(await storage.isHealthy()).toBe(true);
  await storage.close();
});

test("Storage tells of a page that is damaged while it is open, and still reads what is whole", async () => {
  await using folder = await tempFolder();
  const storage = await openStorage({ directory: folder.path });
  for (const answerId of ["answer-1", "answer-2"]) {
    const created = await storage.journal.create({ ...HEADER, answerId }, LEASE);
    if (!created.created) throw new Error("Expected a new answer");
    for (let seq = 1; seq <= 100; seq++) await storage.journal.append(created.lease, [delta(seq)]);
  }
  storage.database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  const { page_size } = storage.database.prepare("PRAGMA page_size").get() as { page_size: number };
  // The head of the page that holds the newest rows: those of the second answer.
  const { pageno } = storage.database
    .prepare(
      "SELECT pageno FROM dbstat WHERE name = 'journal_batches' AND pagetype = 'leaf' ORDER BY path DESC LIMIT 1",
    )
    .get() as { pageno: number };
  const file = await open(storage.path, "r+");
  await file.write(Buffer.alloc(200, 0xaa), 0, 200, (pageno - 1) * page_size);
  await file.close();
  storage.database.exec("PRAGMA shrink_memory");
  const refusal: unknown = await storage.journal.read("answer-2", 0, 1000).catch((error: unknown) => error);
  expect(storageFaultOf(refusal)).toBe("damaged");
  const { info } = failureErrorOf(refusal);
  expect(info).toMatchObject({ code: "storage", message: { en: expect.stringContaining("The database is damaged") } });
  expect(info.message.ar).toContain("قاعدة البيانات تالفة");
  expect(await storage.journal.read("answer-1", 0, 50)).toHaveLength(50);
  // What SQLite itself takes for whole may still be none of our rows.
  storage.database.exec("UPDATE journal_batches SET events = substr(events, 2) WHERE batch_key = 1");
  const unreadable: unknown = await storage.journal.read("answer-1", 0, 1).catch((error: unknown) => error);
  expect(storageFaultOf(unreadable)).toBe("damaged");
  await storage.close();
  await expect(openStorage({ directory: folder.path })).rejects.toMatchObject({ reason: "damaged" });
});

test("openStorage() tells in both languages of a database that another program keeps for itself", async () => {
  await using folder = await tempFolder();
  const first = await openStorage({ directory: folder.path });
  await first.close();
  const other = new DatabaseSync(first.path);
  other.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  const refusal = await openStorage({ directory: folder.path }).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ reason: "locked" });
  expect(String((refusal as { format(): string }).format())).toMatch(
    /Stop the other program[\s\S]+أوقف البرنامج الآخر/,
  );
  other.close();
  await (await openStorage({ directory: folder.path })).close();
});

test("openStorage() tells in both languages of a file that is damaged, and what to do", async () => {
  await using folder = await tempFolder();
  writeFileSync(join(folder.path, "cogniforge.sqlite"), "no database ".repeat(1000));
  const refusal = await openStorage({ directory: folder.path }).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ reason: "damaged" });
  expect(String((refusal as { format(): string }).format())).toMatch(/Restore a backup[\s\S]+استرجع نسخة احتياطية/);
});

test("openStorage() copies the database before a migration, and keeps the last three copies", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "cogniforge.sqlite");
  const before = new DatabaseSync(path);
  const kysely = new Kysely<StorageSchema>({ dialect: nodeSqliteDialect(before) });
  const beginning = { "0001_beginning": MIGRATIONS["0001_beginning"] as Migration };
  await new Migrator({ db: kysely, provider: { getMigrations: async () => beginning } }).migrateToLatest();
  before.exec(
    "INSERT INTO conversations (id, owner, title, created_at, updated_at) VALUES ('c', 'user:1', 'قديم', 1, 1)",
  );
  before.close();
  const older = [1, 2, 3].map((day) => `${path}.2020010${day}T000000Z.0001_beginning.backup`);
  for (const file of older) writeFileSync(file, "");

  await (await openStorage({ directory: folder.path })).close();
  const [newest = "", ...others] = migrationBackups(path);
  expect(others).toEqual([older[2], older[1]]);
  const copy = new DatabaseSync(newest, { readOnly: true });
  expect(copy.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
  expect(copy.prepare("SELECT title FROM conversations").all()).toEqual([{ title: "قديم" }]);
  expect(copy.prepare("SELECT name FROM kysely_migration").all()).toEqual([{ name: "0001_beginning" }]);
  copy.close();

  await (await openStorage({ directory: folder.path })).close();
  expect(migrationBackups(path).length).toBe(3);
  expect(migrationBackups(path)[0]).toBe(newest);
});

test("openStorage() copies nothing where there was nothing", async () => {
  await using folder = await tempFolder();
  const { path, close } = await openStorage({ directory: folder.path });
  await close();
  expect(migrationBackups(path)).toEqual([]);
});

test("storageFaultOf() is silent about errors that are none of the storage's", () => {
  expect(storageFaultOf(new Error("other"))).toBeUndefined();
  expect(storageFaultOf(undefined)).toBeUndefined();
  expect(failureErrorOf(new Error("other")).code).toBe("internal");
  expect(failureErrorOf(new FailureError("forbidden")).code).toBe("forbidden");
});
