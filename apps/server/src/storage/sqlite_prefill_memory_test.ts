import { expect, test } from "vitest";
import { openStorage } from "./mod.ts";
import { tempFolder } from "./temp_folder.ts";

const DAY_MS = 86_400_000;

test("KyselyPrefillMemory answers at once, and knows after the next start what was learned", async () => {
  await using folder = await tempFolder();
  const first = await openStorage({ directory: folder.path });
  expect(first.prefillMemory.acceptsPrefill("one/model")).toBeUndefined();
  first.prefillMemory.learnPrefill("one/model", true);
  first.prefillMemory.learnPrefill("one/model", false);
  first.prefillMemory.learnPrefill("two/model", true);
  expect(first.prefillMemory.acceptsPrefill("one/model")).toBe(false);
  await first.close();
  const second = await openStorage({ directory: folder.path });
  expect(["one/model", "two/model", "three/model"].map((name) => second.prefillMemory.acceptsPrefill(name))).toEqual([
    false,
    true,
    undefined,
  ]);
  await second.close();
});

test("KyselyPrefillMemory forgets a lesson after 30 days, running or not", async () => {
  await using folder = await tempFolder();
  let now = 1_790_000_000_000;
  const clock = { wallTime: () => now };
  const first = await openStorage({ directory: folder.path, clock });
  first.prefillMemory.learnPrefill("one/model", false);
  now += 20 * DAY_MS;
  first.prefillMemory.learnPrefill("two/model", false);
  expect(first.prefillMemory.acceptsPrefill("one/model")).toBe(false);
  now += 10 * DAY_MS;
  expect(first.prefillMemory.acceptsPrefill("one/model")).toBeUndefined();
  await first.close();
  const second = await openStorage({ directory: folder.path, clock });
  expect(second.prefillMemory.acceptsPrefill("one/model")).toBeUndefined();
  expect(second.prefillMemory.acceptsPrefill("two/model")).toBe(false);
  second.prefillMemory.learnPrefill("one/model", false);
  expect(second.prefillMemory.acceptsPrefill("one/model")).toBe(false);
  await second.close();
});

test("KyselyPrefillMemory keeps what it was told when it can't be written", async () => {
  await using folder = await tempFolder();
  const storage = await openStorage({ directory: folder.path });
  storage.database.exec("PRAGMA query_only = ON");
  storage.prefillMemory.learnPrefill("one/model", false);
  await storage.prefillMemory.settled();
  expect(storage.prefillMemory.acceptsPrefill("one/model")).toBe(false);
  storage.database.exec("PRAGMA query_only = OFF");
  await storage.close();
});

test("KyselyPrefillMemory counts no lesson of a provider that is set up otherwise now, before or after a start", async () => {
  await using folder = await tempFolder();
  const first = await openStorage({ directory: folder.path });
  const settings = (one: string) => new Map(Object.entries({ one, two: "trailing" }));
  first.prefillMemory.configure(settings("prefix"));
  for (const target of ["one/vendor/model", "two/model"]) first.prefillMemory.learnPrefill(target, false);
  expect(first.prefillMemory.acceptsPrefill("one/vendor/model")).toBe(false);
  first.prefillMemory.configure(settings("partial"));
  expect(first.prefillMemory.acceptsPrefill("one/vendor/model")).toBeUndefined();
  expect(first.prefillMemory.acceptsPrefill("two/model")).toBe(false);
  await first.close();
  const second = await openStorage({ directory: folder.path });
  second.prefillMemory.configure(settings("partial"));
  expect(second.prefillMemory.acceptsPrefill("one/vendor/model")).toBeUndefined();
  second.prefillMemory.configure(settings("prefix"));
  expect(second.prefillMemory.acceptsPrefill("one/vendor/model")).toBe(false);
  expect(second.prefillMemory.acceptsPrefill("two/model")).toBe(false);
  await second.close();
});
