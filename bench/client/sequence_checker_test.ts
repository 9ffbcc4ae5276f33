import assert from "node:assert/strict";
import { test } from "node:test";
import { tokenText } from "../wire/token_text.ts";
import { SequenceChecker } from "./sequence_checker.ts";

const TOKENS = 6;
const whole = Array.from({ length: TOKENS }, (_, number) => tokenText(number, 1_000 + number));

/** What the checker says of a text that comes in pieces of one length. */
function check(text: string, pieceChars = text.length): { fault: string | undefined; times: number[] } {
  const times: number[] = [];
  const checker = new SequenceChecker(TOKENS, (timeUs) => times.push(timeUs));
  for (let at = 0; at < text.length; at += pieceChars) checker.push(text.slice(at, at + pieceChars));
  return { fault: checker.end(), times };
}

test("SequenceChecker finds nothing wrong with a whole answer, however it is cut", () => {
  for (const pieceChars of [1, 5, 18, 19, 20, 64]) {
    const { fault, times } = check(whole.join(""), pieceChars);
    assert.equal(fault, undefined);
    assert.deepEqual(times, [1_000, 1_001, 1_002, 1_003, 1_004, 1_005]);
  }
});

test("SequenceChecker finds a token that was dropped, wherever it stood", () => {
  for (let at = 0; at < TOKENS; at++) assert.equal(check(whole.toSpliced(at, 1).join("")).fault, "missing");
});

test("SequenceChecker finds a token that came twice", () => {
  for (const [at, token] of whole.entries()) {
    const fault = check(whole.toSpliced(at, 0, token).join("")).fault;
    assert.equal(fault, "repeated", `token ${at}`);
  }
});

test("SequenceChecker finds tokens that changed places", () => {
  for (let at = 0; at + 1 < TOKENS; at++) {
    const swapped = whole.toSpliced(at, 2, whole[at + 1] ?? "", whole[at] ?? "");
    assert.equal(check(swapped.join("")).fault, "reordered");
  }
});

test("SequenceChecker finds characters that were lost, changed or left over", () => {
  const text = whole.join("");
  assert.equal(check(text.slice(1)).fault, "garbled");
  assert.equal(check(text.slice(0, -1)).fault, "garbled");
  assert.equal(check(text.replace("@", "!")).fault, "garbled");
  assert.equal(check(text + tokenText(TOKENS, 0)).fault, "surplus");
  assert.equal(check("").fault, "missing");
});
