import { expect, test } from "vitest";
import { HOSTILE_MARKDOWN } from "#lib/markdown/corpus.ts";
import { sourceRuns } from "./source_marks.ts";

const marksOf = (source: string) => sourceRuns(source).flatMap(({ text, isMark }) => (isMark ? [text] : []));

test("sourceRuns() tells Markdown's marks from the words between them", () => {
  expect(marksOf("## Title\n\n- **bold** and `code`\n2. two - three\n> quoted")).toEqual([
    "##",
    "-",
    "**",
    "**",
    "`",
    "`",
    "2.",
    ">",
  ]);
  expect(marksOf("| a | b |\n|---|---|")).toEqual(["|", "|", "|", "|---|---|"]);
});

test("sourceRuns() leaves code as it is, but for its fences", () => {
  expect(marksOf("```ts\nconst a = b ** c;\n```\nafter **it**")).toEqual(["```ts", "```", "**", "**"]);
});

test("sourceRuns() gives runs that together are the source, whatever it is", () => {
  for (const source of [...HOSTILE_MARKDOWN, "", "\n\n", "a\r\nb"]) {
    const runs = sourceRuns(source);
    expect(runs.map(({ text }) => text).join("")).toBe(source);
  }
});
