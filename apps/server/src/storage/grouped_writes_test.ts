import { expect, test } from "vitest";
import { GroupedWrites } from "./grouped_writes.ts";

test("GroupedWrites writes what comes in one turn together, and what comes meanwhile next", async () => {
  const groups: number[][] = [];
  let late: Promise<void> | undefined;
  const writes = new GroupedWrites<number>(async (items) => {
    groups.push([...items]);
    late ??= writes.put(4);
  });
  await Promise.all([1, 2, 3].map((item) => writes.put(item)));
  await late;
  await writes.put(5);
  expect(groups).toEqual([[1, 2, 3], [4], [5]]);
});

test("GroupedWrites tells each item its own failure alone", async () => {
  const written: number[] = [];
  const writes = new GroupedWrites<number>(async (items) => {
    if (items.includes(2)) throw new Error("2 is refused");
    written.push(...items);
  });
  const results = await Promise.allSettled([1, 2, 3].map((item) => writes.put(item)));
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(written).toEqual([1, 3]);
});
