import assert from "node:assert/strict";
import { test } from "node:test";
import { type ThinkTagRun, ThinkTagSplitter } from "./think_tags.ts";

function split(pieces: readonly string[]): { text: string; reasoning: string } {
  const splitter = new ThinkTagSplitter();
  const runs: ThinkTagRun[] = pieces.flatMap((piece) => splitter.push(piece));
  runs.push(...splitter.end());
  const join = (kind: string) => runs.flatMap((run) => (run.kind === kind ? [run.text] : [])).join("");
  assert.ok(runs.every((run) => run.text !== ""));
  return { text: join("text"), reasoning: join("reasoning") };
}

test("ThinkTagSplitter holds back no more than a little layout, however the text is cut", () => {
  const blanks = " \n".repeat(600);
  for (const whole of [`${blanks}<think>a</think>b`, `${blanks}b`]) {
    assert.deepEqual(split([whole]), { text: whole, reasoning: "" });
    assert.deepEqual(split([...whole]), { text: whole, reasoning: "" });
  }
  const around = `<think>${blanks}a</think>${blanks}b`;
  assert.deepEqual(split([...around]), { text: "b", reasoning: "a" });
  const began = performance.now();
  for (const first of ["", "<think>", "<think>a</think>"])
    split([first, ...Array.from({ length: 200_000 }, () => " ")]);
  assert.ok(performance.now() - began < 5_000, "blanks without end cost linear time");
});

const CASES: [name: string, whole: string, text: string, reasoning: string][] = [
  ["separates reasoning at the beginning", "<think>Let me see.</think>Hi", "Hi", "Let me see."],
  ["drops white space around the tags", "\n<think>\n hm\n</think>\n\nHi \n", "Hi \n", "hm\n"],
  ["reads empty reasoning", "<think>\n\n</think>\n\nHi", "Hi", ""],
  ["leaves a later tag in the text", "Use <think>x</think> here", "Use <think>x</think> here", ""],
  ["leaves a second tag in the text", "<think>a</think>b<think>c</think>", "b<think>c</think>", "a"],
  ["leaves other tags alone", "<thinking>x</thinking>", "<thinking>x</thinking>", ""],
  ["keeps white space at the beginning of a text without a tag", "  \n <b>", "  \n <b>", ""],
  [
    "keeps what only looks like a closing tag",
    "<think>a < b </ think </thin k</think>c",
    "c",
    "a < b </ think </thin k",
  ],
  ["takes an open tag without its end as reasoning", "<think>still at it </thi", "", "still at it </thi"],
  ["shows a tag after which nothing was said", "<think>", "<think>", ""],
  ["shows the beginning of a tag", " <thi", " <thi", ""],
  ["keeps white space alone", " \n ", " \n ", ""],
];

for (const [name, whole, text, reasoning] of CASES) {
  test(`ThinkTagSplitter ${name}, however the text is cut`, () => {
    assert.deepEqual(split([whole]), { text, reasoning });
    assert.deepEqual(split([...whole]), { text, reasoning }, "one by one");
    for (let at = 1; at < whole.length; at++) {
      assert.deepEqual(split([whole.slice(0, at), whole.slice(at)]), { text, reasoning }, `cut at ${at}`);
    }
  });
}

test("ThinkTagSplitter holds nothing back once the text has begun", () => {
  const splitter = new ThinkTagSplitter();
  assert.deepEqual(splitter.push("a"), [{ kind: "text", text: "a" }]);
  assert.deepEqual(splitter.push("<"), [{ kind: "text", text: "<" }]);
});

test("ThinkTagSplitter takes a whole text with an open tag as text", () => {
  assert.deepEqual(new ThinkTagSplitter().pushWhole("<think>hm"), [{ kind: "text", text: "<think>hm" }]);
});
