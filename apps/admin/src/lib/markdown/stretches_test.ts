import { expect, test } from "vitest";
import { StretchCutter } from "./stretches.ts";

test("StretchCutter keeps every block in its place, and what has not changed as it was", () => {
  const cutter = new StretchCutter<{ id: number }>();
  const blocks = Array.from({ length: 100 }, (_, index) => ({ id: index }));
  const first = cutter.cut(blocks);
  expect(first.flat()).toEqual(blocks);
  const grown = [...blocks, { id: 100 }];
  const second = cutter.cut(grown);
  expect(second.flat()).toEqual(grown);
  expect(second.slice(0, 3).every((stretch, index) => stretch === first[index])).toBe(true);
  expect(second[3]).not.toBe(first[3]);
  const changed = grown.with(40, { id: 40 });
  const third = cutter.cut(changed);
  expect(third.map((stretch, index) => stretch === second[index])).toEqual([true, false, true, true]);
  expect(third[1]?.[8]).toBe(changed[40]);
  expect(cutter.cut([])).toEqual([]);
});
