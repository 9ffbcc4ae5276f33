import assert from "node:assert/strict";
import { test } from "node:test";
import { splitAtAnchor } from "./anchor.ts";

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

const TEXTS = [
  "بِسْمِ اللَّهِ الرَّحْمَنِ الرَّحِيمِ ".repeat(8),
  "👩‍👩‍👧‍👦❤️‍🔥🇸🇦".repeat(12),
  "const a = 1;\n\tif (a) { return; }\n".repeat(6),
  "汉字没有空格也要在正确的地方分开".repeat(9),
];

test("splitAtAnchor() loses nothing, hands over whole graphemes, and leaves a tail to be repeated", () => {
  for (const text of TEXTS) {
    const boundaries = new Set([...graphemes.segment(text)].map(({ index }) => index));
    for (let cut = 1; cut <= text.length; cut++) {
      const part = text.slice(0, cut);
      const { handed, tail } = splitAtAnchor(part);
      assert.equal(handed + tail, part);
      assert.ok(handed === "" || boundaries.has(handed.length), `cut at ${cut}: handed up to ${handed.length}`);
      assert.equal(handed, handed.trimEnd());
      assert.ok(tail.trim().length > 0);
    }
  }
});

test("splitAtAnchor() hands nothing over of a text too short to be split", () => {
  assert.deepEqual(splitAtAnchor("Too short"), { handed: "", tail: "Too short" });
});

test("splitAtAnchor() hands over the end alone of a text beyond the ceiling, from a word on, and says so", () => {
  const text = "word ".repeat(100_000);
  const { handed, tail, isShortened } = splitAtAnchor(text, 1000);
  assert.ok(isShortened);
  assert.ok(handed.length <= 1000 && handed.length > 900, String(handed.length));
  assert.ok(text.endsWith(handed + tail));
  assert.match(handed, /^word /);
  assert.equal(splitAtAnchor("word ".repeat(100), 1000).isShortened, undefined);
});
