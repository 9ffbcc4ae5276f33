import { describe, expect, test } from "vitest";
import { completeTail } from "./complete_tail.ts";

describe("completeTail()", () => {
  test.each([
    ["text **bold", "text **bold**"],
    ["text **", "text "],
    ["**bold*", "**bold**"],
    ["**bold *it", "**bold *it***"],
    ["~~gone", "~~gone~~"],
    ["snake_case and 2 * 3", "snake_case and 2 * 3"],
    ["call `read", "call `read`"],
    ["see [the page](https://exa", "see the page"],
    ["see ![a plan](https://exa", "see a plan"],
    ["see [the page](https://example.com)", "see [the page](https://example.com)"],
    ["para\n-", "para\n"],
    ["para\n==", "para\n"],
    ["- one\n- ", "- one\n"],
    ["| a | b", "| a | b|\n|---|---|"],
    ["| a | b |\n|--", "| a | b |\n|---|---|"],
    ["```js\nrun()\n``", "```js\nrun()\n"],
    ["```js\na **b", "```js\na **b"],
    ["$$\na - b", "$$\na - b"],
    ["so \\(x^2", "so `x^2`"],
    ["from $5 to $10", "from $5 to $10"],
  ])("shows %j as %j", (tail, shown) => {
    expect(completeTail(tail)).toBe(shown);
  });
});
