import { describe, expect, test } from "vitest";
import { blockMathAt, inlineMathAt } from "./math_source.ts";

describe("inlineMathAt()", () => {
  test.each([
    "$5 and $10",
    "$5-$10",
    "$5 and 10$",
    "$5/$6",
    "$5 أو 10$",
    "$ x$",
    "$x $",
    "$HOME and $PATH",
    "\\[1\\]",
    "\\(x",
  ])("leaves %j as text", (source) => expect(inlineMathAt(source)).toBeUndefined());

  test.each([
    ["$x$.", "x"],
    ["$5$", "5"],
    ["$\\$5 + x$", "\\$5 + x"],
    ["\\( a \\) b", "a"],
    ["$$x$$", "x"],
    ["\\[ y \\]", "y"],
  ])("reads %j as the formula %j", (source, text) => expect(inlineMathAt(source)?.text).toBe(text));
});

describe("blockMathAt()", () => {
  test("takes no line of a formula for a list, and ends at a blank line", () => {
    expect(blockMathAt("$$\na\n- b\n$$\nafter")).toEqual({
      raw: "$$\na\n- b\n$$\n",
      text: "a\n- b",
      isDisplay: true,
      isClosed: true,
    });
    expect(blockMathAt("$$\na\n- b\n")?.isClosed).toBe(false);
    expect(blockMathAt("$$\na\n\n- b\n$$")).toBeUndefined();
  });
});
