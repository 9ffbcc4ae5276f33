import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { splitAtAnchor } from "./anchor.ts";
import { SeamAligner, type SeamKind } from "./seam_aligner.ts";

const WHOLE =
  "The quick brown fox jumps over the lazy dog. Then it rests under a tall, tall tree and dreams of chasing rabbits through the green fields of its youth, far away from every hunter.\n\n- one\n- two\n\nThe end of this story is very very good.";

/** What readers get in addition, however the continuation is cut into pieces. */
function align(text: string, said: string, mode: "continue" | "restart", size: number): [string, SeamAligner] {
  const aligner = new SeamAligner(splitAtAnchor(text), { mode });
  let added = "";
  for (let at = 0; at < said.length; at += size) added += aligner.push(said.slice(at, at + size));
  return [added + aligner.end(), aligner];
}

/** Every model that behaves in one way, for a text that was cut anywhere. */
const behaviours: Record<string, (cut: string) => string> = {
  "an exact continuation of what was handed": (cut) => WHOLE.slice(splitAtAnchor(cut).handed.length),
  "a continuation without its leading blank": (cut) => WHOLE.slice(splitAtAnchor(cut).handed.length).trimStart(),
  "a continuation with too many blanks": (cut) => `  ${WHOLE.slice(splitAtAnchor(cut).handed.length)}`,
  "a whole restart": () => WHOLE,
  "an announcement, then the tail": (cut) =>
    `Sure, continuing from where I stopped:\n\n${WHOLE.slice(splitAtAnchor(cut).handed.length).trimStart()}`,
  "an announcement, then a restart": () => `Of course! Here is the answer again: ${WHOLE}`,
  "an overlap that begins before the tail": (cut) =>
    WHOLE.slice(Math.max(0, splitAtAnchor(cut).handed.length - 37)).trimStart(),
};

describe("SeamAligner leaves no trace of", () => {
  for (const [name, behave] of Object.entries(behaviours)) {
    test(`${name}, for every cut of the text and every size of the pieces`, () => {
      for (let cut = 60; cut < WHOLE.length; cut++) {
        const text = WHOLE.slice(0, cut);
        if (text.trimEnd() === "") continue;
        for (const size of [1, 7, 1000]) {
          const [added] = align(text, behave(text), "continue", size);
          assert.equal(text + added, WHOLE, `cut at ${cut}, pieces of ${size}`);
        }
      }
    });
  }

  test("a restart of a text of any length, where a restart was asked for", () => {
    for (let cut = 1; cut < WHOLE.length; cut++) {
      for (const size of [1, 5, 1000]) {
        const text = WHOLE.slice(0, cut);
        const [added, { seam }] = align(text, WHOLE, "restart", size);
        assert.equal(text + added, WHOLE, `cut at ${cut}, pieces of ${size}`);
        assert.equal(seam?.isVerified, true);
      }
    }
  });
});

describe("SeamAligner joins another wording", () => {
  const OTHER =
    "A swift auburn fox leaps across a sleepy hound, and later on it takes a nap below some old oak, until the sun sets on us.";

  for (const [mode, kind] of [
    ["restart", "reworded"],
    ["continue", "direct"],
  ] satisfies [string, SeamKind][]) {
    test(`on a word boundary, after a ${mode}`, () => {
      for (let cut = 50; cut < 100; cut++) {
        const text = WHOLE.slice(0, cut);
        const [added, { seam }] = align(text, OTHER, mode as "continue" | "restart", 3);
        assert.equal(seam?.kind, kind, `cut at ${cut}`);
        assert.equal(seam.isVerified, false);
        const seamChars = (text + added).slice(cut - 1, cut + 1);
        assert.doesNotMatch(seamChars, /\p{L}\p{L}/u, `cut at ${cut}: ${JSON.stringify(seamChars)}`);
      }
    });
  }

  test("where it comes back to the words that were delivered", () => {
    const text = "First we look at the basics. Water boils at one hundred degrees at sea level";
    const said =
      "To begin with, the basics first of all. Water boils at one hundred degrees at sea level, but lower on mountains.";
    const [added, { seam }] = align(text, said, "restart", 4);
    assert.equal(added, ", but lower on mountains.");
    assert.equal(seam?.kind, "reworded");
  });
});

describe("SeamAligner joins what follows a few words", () => {
  for (const [text, said, whole] of [
    ["Before the restart", " and after it.", "Before the restart and after it."],
    ["Paris", "The capital is Paris.", "Paris The capital is Paris."],
    ["Paris is", " the capital.", "Paris is the capital."],
  ] as const) {
    test(`${JSON.stringify(text)} and ${JSON.stringify(said)}, whole, whichever way it was asked for`, () => {
      for (const mode of ["continue", "restart"] as const) {
        const [added, { seam }] = align(text, said, mode, 4);
        assert.equal(text + added, whole);
        assert.equal(seam?.isVerified, false);
      }
    });
  }
});

describe("SeamAligner.end()", () => {
  test("adds nothing where the answer had come to its end before the cut", () => {
    for (const said of [WHOLE.slice(splitAtAnchor(WHOLE).handed.length), WHOLE]) {
      const [added, { seam }] = align(WHOLE, said, "continue", 9);
      assert.equal(added, "");
      assert.equal(seam?.isVerified, true);
    }
  });

  test("tells of no seam where nothing was said", () => {
    const [added, { seam }] = align(WHOLE.slice(0, 100), "", "continue", 1);
    assert.equal(added, "");
    assert.equal(seam, undefined);
  });
});

test("SeamAligner takes an announced restart of a text that begins with its own tail for a restart", () => {
  const text = "- item\n    answer - item\n    answer";
  const aligner = new SeamAligner(splitAtAnchor(text), { mode: "continue" });
  assert.equal(aligner.push(`Sure, here it is:\n\n${text} - end`) + aligner.end(), " - end");
  assert.equal(aligner.seam?.kind, "restart");
});
