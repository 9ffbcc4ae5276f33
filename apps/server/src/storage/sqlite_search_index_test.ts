import { expect, test } from "vitest";
import { openStorage } from "./mod.ts";
import { tempFolder } from "./temp_folder.ts";

test("SqliteSearchIndex leaves no words of what was replaced or purged", async () => {
  await using folder = await tempFolder();
  const { conversations, database, close } = await openStorage({ directory: folder.path });
  for (const id of ["gone", "kept"]) {
    await conversations.create("user:1", { id, title: id, at: 1 });
    await conversations.rename("user:1", id, `${id} again`);
    await conversations.addTurn(id, { question: "needle", answerId: `answer-${id}`, askedAt: 2 });
  }
  const count = () => database.prepare("SELECT count(*) AS count FROM search_index").get()?.count;
  expect(count()).toBe(4);
  await conversations.remove("user:1", "gone", 5);
  await conversations.purge("gone");
  expect(count()).toBe(2);
  await close();
});
