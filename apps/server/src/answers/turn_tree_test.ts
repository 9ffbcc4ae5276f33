import { expect, test } from "vitest";
import type { Turn } from "../storage/conversations.ts";
import { branchOf, newestBelow, versionsOf } from "./turn_tree.ts";

const turn = (answerId: string, parentId: string | undefined, question = answerId): Turn => ({
  answerId,
  question,
  askedAt: 0,
  ...(parentId === undefined ? {} : { parentId }),
});

// a ─ b ─ c        two wordings of the first question (a, d), two answers to the second one (b, e), which is edited once (f)
//   ├ e ─ g
//   └ f
// d
const TURNS = [
  turn("a", undefined),
  turn("b", "a", "second"),
  turn("c", "b"),
  turn("d", undefined),
  turn("e", "a", "second"),
  turn("f", "a", "second, edited"),
  turn("g", "e"),
];

const ids = (turns: readonly Turn[]) => turns.map(({ answerId }) => answerId);

test("branchOf() gives the turns from the first question to a turn", () => {
  expect(ids(branchOf(TURNS, "g"))).toEqual(["a", "e", "g"]);
  expect(ids(branchOf(TURNS, "d"))).toEqual(["d"]);
  expect(branchOf(TURNS, "nobody")).toEqual([]);
  expect(branchOf(TURNS, undefined)).toEqual([]);
});

test("newestBelow() goes on to the turn that was asked last", () => {
  expect(newestBelow(TURNS, "a")).toBe("g");
  expect(newestBelow(TURNS, "b")).toBe("c");
  expect(newestBelow(TURNS, "f")).toBe("f");
});

test("versionsOf() tells the wordings of a question from the answers to one wording", () => {
  const versions = versionsOf(TURNS);
  const of = (id: string) => versions(TURNS.find(({ answerId }) => answerId === id) as Turn);
  expect(of("a")).toEqual({ questions: ["a", "d"], answers: ["a"] });
  expect(of("b")).toEqual({ questions: ["b", "f"], answers: ["b", "e"] });
  expect(of("e")).toEqual({ questions: ["e", "f"], answers: ["b", "e"] });
  expect(of("f")).toEqual({ questions: ["e", "f"], answers: ["f"] });
});
