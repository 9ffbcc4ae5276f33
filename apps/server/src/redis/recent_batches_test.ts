import { expect, test } from "vitest";
import { RecentBatches } from "./recent_batches.ts";

const batch = (first: number, last = first) => ({ first, last, isEnd: false, text: `${first}-${last}` });

test("RecentBatches gives what is missing whole, or nothing", () => {
  const recent = new RecentBatches();
  for (const one of [batch(5), batch(6, 8), batch(9)]) recent.note("a", one);
  expect(recent.between("a", 5, 10)).toEqual([batch(6, 8), batch(9)]);
  expect(recent.between("a", 4, 9)).toEqual([batch(5), batch(6, 8)]);
  expect(recent.between("a", 3, 10)).toBeUndefined();
  expect(recent.between("a", 6, 10)).toBeUndefined();
  expect(recent.between("a", 5, 11)).toBeUndefined();
  expect(recent.between("b", 0, 2)).toBeUndefined();
  recent.forget("a");
  expect(recent.between("a", 5, 10)).toBeUndefined();
});

test("RecentBatches keeps no more of an answer than it needs, and always the latest", () => {
  const recent = new RecentBatches();
  for (let seq = 1; seq <= 10_000; seq++) recent.note("a", batch(seq));
  expect(recent.between("a", 9_800, 10_001)).toHaveLength(200);
  expect(recent.between("a", 9_000, 10_001)).toBeUndefined();
});
