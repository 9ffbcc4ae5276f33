import assert from "node:assert/strict";
import { test } from "node:test";
import { HARD_PIECES } from "./conformance.ts";
import { simulateStream, splitIntoPieces } from "./simulate.ts";

const TEXTS = [
  "",
  " ",
  "one",
  "one two  three\n\nfour ",
  HARD_PIECES.join(""),
  "a \u0301b \u200dc", // marks that join a space
  "这是一个没有空格的很长的句子，它必须在某个地方被切开，否则就会一次全部出现。",
  "👨‍👩‍👧‍👦".repeat(30),
  "🇸🇦🇯🇴🇪🇬".repeat(30),
  "e\u0301\u0302\u0303".repeat(40),
  "क्षत्रिय".repeat(20),
  "x".repeat(500),
  "漢\u0600".repeat(60), // a sign that joins what follows, where a word would end
  `x${"漢\u0600".repeat(60)}`,
  "\r\n".repeat(50),
  "مُدَرِّسَةٌ كَتَبَتْ بِالْقَلَمِ",
];

test("splitIntoPieces() gives pieces that concatenate to the exact text, and splits no grapheme", () => {
  const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  for (const text of TEXTS) {
    const pieces = [...splitIntoPieces(text)];
    assert.equal(pieces.join(""), text);
    assert.ok(pieces.every((piece) => piece !== ""));
    const graphemes = pieces.flatMap((piece) => [...segmenter.segment(piece)].map(({ segment }) => segment));
    assert.deepEqual(
      graphemes,
      [...segmenter.segment(text)].map(({ segment }) => segment),
      JSON.stringify(pieces),
    );
  }
});

test("splitIntoPieces() cuts after the space that follows a word, and long runs without a space too", () => {
  assert.deepEqual([...splitIntoPieces("one two  three\n\nfour ")], ["one ", "two  ", "three\n\n", "four "]);
  assert.deepEqual([...splitIntoPieces("don't stop, it's 3.14!")], ["don't ", "stop, ", "it's ", "3.14!"]);
  assert.ok(
    [...splitIntoPieces("这是一个没有空格的很长的句子，它必须在某个地方被切开，否则就会一次全部出现。")].length > 1,
  );
});

test("splitIntoPieces() is fast enough for the longest answers", () => {
  const text = "كَلِمَةٌ word 词 ".repeat(20_000);
  const start = performance.now();
  let length = 0;
  for (const piece of splitIntoPieces(text)) length += piece.length;
  assert.equal(length, text.length);
  assert.ok(performance.now() - start < 5000, "linear time");
});

test("simulateStream() gives each piece of the text its own batch, in the order of the parts", () => {
  const parts = [
    { type: "reasoning", text: "hm hm" },
    { type: "text", text: "one two" },
    { type: "finish", reason: { unified: "stop" } },
  ] as const;
  assert.deepEqual(
    [...simulateStream(parts)],
    [[parts[0]], [{ type: "text", text: "one " }], [{ type: "text", text: "two" }], [parts[2]]],
  );
});
