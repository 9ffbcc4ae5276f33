import { expect, test } from "vitest";
import { findInSections } from "./find_in_sections.ts";

const text = "Tree\na.ts\n\nExcerpt (a.ts)\nA.TS and [a.ts]\n";
const sent = {
  project: "p",
  version: "v",
  text,
  sections: [
    { kind: "tree" as const, start: 0, end: 11 },
    { kind: "excerpt" as const, path: "a.ts", start: 11, end: text.length },
  ],
};

test("findInSections() keeps every character, whatever is looked for", () => {
  for (const query of ["", "a.ts", "A.T", "[", "(", "nothing of it", " Tree "]) {
    for (const { pieces, length, kind } of findInSections(sent, query)) {
      const whole = pieces.map((piece) => piece.text).join("");
      expect(whole.length).toBe(length);
      expect(whole).toBe(kind === "tree" ? text.slice(0, 11) : text.slice(11));
    }
  }
});

test("findInSections() counts matches without regard to case, takes signs as they are, and drops the rest", () => {
  const matches = (query: string) => findInSections(sent, query).map((section) => [section.kind, section.matches]);
  expect(matches("a.ts")).toEqual([
    ["tree", 1],
    ["excerpt", 3],
  ]);
  expect(matches("[a.ts]")).toEqual([["excerpt", 1]]);
  expect(matches("nothing of it")).toEqual([]);
  expect(matches("")).toHaveLength(2);
});
