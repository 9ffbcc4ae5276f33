import { expect, test } from "vitest";
import { openStorage } from "../storage/mod.ts";
import { tempFolder } from "../storage/temp_folder.ts";
import { Audit } from "./mod.ts";

const SALMA = { id: "user:1", name: "سلمى" };

test("Audit.list() gives the newest first, page by page, also after a restart", async () => {
  await using folder = await tempFolder();
  let now = 100;
  const clock = { wallTime: () => now++ };
  const storage = await openStorage({ directory: folder.path });
  const audit = new Audit(storage.auditLog, clock);
  for (const object of ["one", "two", "three"]) await audit.record(SALMA, { action: "route-changed", object });
  await storage.close();

  const reopened = await openStorage({ directory: folder.path });
  const again = new Audit(reopened.auditLog, clock);
  const first = await again.list({ limit: 2 });
  expect(first.entries.map(({ object, at }) => [object, at])).toEqual([
    ["three", 102],
    ["two", 101],
  ]);
  expect(first.entries[0]).toMatchObject({
    principal: "user:1",
    principalName: "سلمى",
    action: "route-changed",
    detail: {},
  });
  const last = await again.list({ limit: 2, cursor: first.nextCursor });
  expect(last.entries.map(({ object }) => object)).toEqual(["one"]);
  expect(last).not.toHaveProperty("nextCursor");
  await reopened.close();
});

test("Audit.record() keeps no secret, however it is brought", async () => {
  await using folder = await tempFolder();
  const storage = await openStorage({ directory: folder.path });
  const audit = new Audit(storage.auditLog, { wallTime: () => 1 });
  const key = "sk-or-v1-0123456789abcdef0123456789abcdef";
  await audit.record(SALMA, {
    action: "key-made",
    object: "7",
    detail: { apiKey: "short", password: "p", note: `was ${key}`, list: [{ token: "t", name: "n" }], count: 3 },
  });
  const { entries } = await audit.list({ limit: 1 });
  expect(entries[0]?.detail).toEqual({
    apiKey: "…",
    password: "…",
    note: "was …",
    list: [{ token: "…", name: "n" }],
    count: 3,
  });
  await storage.close();
});
