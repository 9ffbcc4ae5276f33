import { expect, test } from "vitest";
import { GroupedTransactions } from "./grouped_transactions.ts";
import { openStorage } from "./mod.ts";
import type { StorageSchema } from "./schema.ts";
import { tempFolder } from "./temp_folder.ts";

async function world() {
  const folder = await tempFolder();
  const { kysely, database, close } = await openStorage({ directory: folder.path });
  const transactions = new GroupedTransactions<StorageSchema>(kysely);
  const seen: string[] = [];
  const add = (id: string) =>
    transactions.run(async (transaction) => {
      const before = Number(database.prepare("SELECT count(*) AS count FROM conversations").get()?.count);
      seen.push(`${id} after ${before}`);
      const row = { id, owner: "user:1", title: "t", created_at: 1, updated_at: 1 };
      await transaction
        .insertInto("conversations")
        .values({ ...row, archived_at: null, deleted_at: null, shown_turn: null })
        .execute();
      if (id === "bad") throw new RangeError("Cannot add what is bad");
      return id;
    });
  const ids = () =>
    database
      .prepare("SELECT id FROM conversations ORDER BY id")
      .all()
      .map(({ id }) => id);
  return {
    add,
    ids,
    seen,
    async [Symbol.asyncDispose]() {
      await close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

test("GroupedTransactions runs what came in one turn in order, and gives each its result", async () => {
  await using here = await world();
  expect(await Promise.all(["a", "b", "c"].map(here.add))).toEqual(["a", "b", "c"]);
  expect(await here.add("d")).toBe("d");
  expect(here.ids()).toEqual(["a", "b", "c", "d"]);
  expect(here.seen).toEqual(["a after 0", "b after 1", "c after 2", "d after 3"]);
});

test("GroupedTransactions undoes a piece that fails, and harms no other", async () => {
  await using here = await world();
  const results = await Promise.allSettled(["a", "bad", "c"].map(here.add));
  expect(results).toMatchObject([
    { status: "fulfilled", value: "a" },
    { status: "rejected", reason: { message: "Cannot add what is bad" } },
    { status: "fulfilled", value: "c" },
  ]);
  expect(here.ids()).toEqual(["a", "c"]);
  expect(await here.add("d")).toBe("d");
});
