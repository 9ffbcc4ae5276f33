import { describe, expect, test } from "vitest";
import { CodeHighlighter } from "./code_highlighter.ts";
import { CODE_CLASSES } from "./code_runs.ts";

const kindsOf = (runs: readonly number[] | undefined) =>
  runs?.filter((_, index) => index % 2 === 1).map((kind) => CODE_CLASSES[kind] ?? "") ?? [];

describe("CodeHighlighter", () => {
  test("colours the first lines of a language as it does later ones", async () => {
    const code = "// note\nexport const answer: number = 42;";
    const [first, second] = [
      await new CodeHighlighter().highlight("a", "typescript", code, true),
      new CodeHighlighter(),
    ];
    await second.highlight("warm", "typescript", code, true);
    expect(first).toEqual(await second.highlight("a", "typescript", code, true));
    expect(kindsOf(first[0])).toEqual(["comment"]);
    expect(kindsOf(first[1])).toContain("keyword");
  });

  test("goes on from where the lines before ended", async () => {
    const highlighter = new CodeHighlighter();
    const whole = await highlighter.highlight("whole", "typescript", "/* a\nb */ let x = 1;\n`c\nd`", true);
    const parts = ["/* a", "b */ let x = 1;", "`c", "d`"];
    const pieces: (readonly number[])[] = [];
    for (const [index, part] of parts.entries()) {
      pieces.push(...(await highlighter.highlight("parts", "typescript", part, index === 0)));
    }
    expect(pieces).toEqual(whole);
  });
});
