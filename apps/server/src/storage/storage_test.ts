import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { openStorage } from "./mod.ts";
import { tempFolder } from "./temp_folder.ts";

test("openStorage() makes its directory, and opens what it wrote before", async () => {
  await using folder = await tempFolder();
  const directory = join(folder.path, "new", "data");
  const first = await openStorage({ directory });
  await first.conversations.create("user:1", { id: "conversation-1", title: "عنوان", at: 5 });
  expect(await first.isHealthy()).toBe(true);
  await first.close();
  const second = await openStorage({ directory });
  expect(await second.conversations.find("user:1", "conversation-1")).toEqual({
    id: "conversation-1",
    title: "عنوان",
    createdAt: 5,
    updatedAt: 5,
    isArchived: false,
  });
  expect(second.database.prepare("PRAGMA journal_mode").get()).toMatchObject({ journal_mode: "wal" });
  expect(second.database.prepare("PRAGMA synchronous").get()).toMatchObject({ synchronous: 1 });
  expect(second.database.prepare("PRAGMA foreign_keys").get()).toMatchObject({ foreign_keys: 1 });
  await second.close();
});

test("openStorage() says what to do about a directory that can't be written", async () => {
  await using folder = await tempFolder();
  const directory = join(folder.path, "file");
  await writeFile(directory, "");
  await expect(openStorage({ directory })).rejects.toMatchObject({
    name: "StorageOpenError",
    reason: "not-writable",
    message: expect.stringContaining("COGNIFORGE_DATA_DIR"),
  });
});

test("openStorage() names a file that is damaged, at its head or inside", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "cogniforge.sqlite");
  await writeFile(path, "This is not a database ".repeat(500));
  await expect(openStorage({ directory: folder.path })).rejects.toMatchObject({ reason: "damaged" });

  await using other = await tempFolder();
  const storage = await openStorage({ directory: other.path });
  await storage.close();
  const damaged = join(other.path, "cogniforge.sqlite");
  const database = new DatabaseSync(damaged);
  const { page_size } = database.prepare("PRAGMA page_size").get() as { page_size: number };
  const { page_count } = database.prepare("PRAGMA page_count").get() as { page_count: number };
  database.close();
  const { open } = await import("node:fs/promises");
  await using file = await open(damaged, "r+");
  for (let page = 1; page < page_count; page++) await file.write(Buffer.alloc(100, 0xaa), 0, 100, page * page_size);
  await expect(openStorage({ directory: other.path })).rejects.toMatchObject({ reason: "damaged" });
});

test("openStorage() refuses a schema that a newer version wrote, and leaves it alone", async () => {
  await using folder = await tempFolder();
  const storage = await openStorage({ directory: folder.path });
  storage.database.exec("INSERT INTO kysely_migration VALUES ('9999_from_the_future', '2030-01-01')");
  await storage.close();
  await expect(openStorage({ directory: folder.path })).rejects.toMatchObject({
    reason: "newer-schema",
    message: expect.stringContaining("9999_from_the_future"),
  });
});

test("Storage.isHealthy() says no once nothing can be written", async () => {
  await using folder = await tempFolder();
  const storage = await openStorage({ directory: folder.path });
  storage.database.exec("PRAGMA query_only = ON");
  expect(await storage.isHealthy()).toBe(false);
  storage.database.exec("PRAGMA query_only = OFF");
  expect(await storage.isHealthy()).toBe(true);
  await storage.close();
});
