import { expect, test } from "vitest";
import { openStorage } from "./mod.ts";
import { tempFolder } from "./temp_folder.ts";

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
