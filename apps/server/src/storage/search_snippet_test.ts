import { expect, test } from "vitest";
import { snippetOf } from "./search_snippet.ts";

const marked = ({ text, ranges }: ReturnType<typeof snippetOf>) => ranges.map(([from, to]) => text.slice(from, to));

test("snippetOf() cuts at words, and its ranges hold after spaces were joined", () => {
  const text = `${"before ".repeat(60)}the\n\n\tneedle   and   NEEDLES ${"after ".repeat(60)}`;
  const snippet = snippetOf(text, ["needle"]);
  expect(marked(snippet)).toEqual(["needle", "NEEDLES"]);
  expect(snippet.text).toMatch(/^…(before )+the needle and NEEDLES (after )*after…$/);
  expect(snippet.text.length).toBeLessThan(200);
});

test("snippetOf() prefers the place where most needles stand together", () => {
  const text = `one ${"word ".repeat(100)}one two ${"word ".repeat(100)}two`;
  expect(marked(snippetOf(text, ["one", "two"]))).toEqual(["one", "two"]);
});

test("snippetOf() gives a short text whole, and the beginning where nothing is found", () => {
  expect(snippetOf("مرحبًا بالعالم", ["مرحبا"])).toEqual({ text: "مرحبًا بالعالم", ranges: [[0, 6]] });
  expect(snippetOf(`start ${"x ".repeat(200)}`, ["nothing"])).toMatchObject({
    text: expect.stringMatching(/^start x.*x…$/),
    ranges: [],
  });
});

test("snippetOf() never cuts a surrogate pair", () => {
  for (let pad = 0; pad < 4; pad++) {
    const { text } = snippetOf(`${"x".repeat(pad)}${"👍".repeat(200)} needle`, ["none"]);
    expect(text.isWellFormed()).toBe(true);
  }
});
