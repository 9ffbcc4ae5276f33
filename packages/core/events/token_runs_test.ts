import assert from "node:assert/strict";
import { test } from "node:test";
import { TokenRuns } from "./mod.ts";

const bytesOf = (text: string) => [...new TextEncoder().encode(text)];
const token = (text: string) => ({ token: text, logprob: -0.5, bytes: bytesOf(text) });

function runsOf(...texts: string[]): TokenRuns {
  const runs = new TokenRuns();
  for (const text of texts) runs.push(text.length, [token(text)]);
  return runs;
}

test("TokenRuns gives each token with the text in which it begins, however the text is cut", () => {
  const texts = ["مر", "حبًا", " wor", "ld", "👩‍👩‍👧", "!"];
  const whole = texts.join("");
  for (let cut = 0; cut <= whole.length; cut++) {
    const runs = runsOf(...texts);
    const first = runs.take(cut) as { token: string }[];
    assert.equal(runs.length, whole.length - cut);
    const rest = runs.take(whole.length - cut) as { token: string }[];
    assert.deepEqual(
      [...first, ...rest].map((one) => one.token),
      texts,
    );
    const before = first.slice(0, -1).map((one) => one.token);
    assert.ok(before.join("").length < cut || cut === 0, `cut at ${cut}`);
  }
});

test("TokenRuns.drop() keeps a token that goes beyond what is swallowed, and no other", () => {
  const runs = runsOf("one ", "two ", "three");
  runs.drop(6);
  assert.deepEqual(runs.take(7), [token("two "), token("three")]);
  const exact = runsOf("one ", "two");
  exact.drop(4);
  assert.deepEqual(exact.take(3), [token("two")]);
});

test("TokenRuns counts a character that is spread over tokens once, where its first byte stands", () => {
  const [a, b, c, d] = bytesOf("😀");
  const parts = [
    { token: "\\xf0\\x9f", bytes: [a, b] },
    { token: "\\x98\\x80", bytes: [c, d] },
  ];
  const runs = new TokenRuns();
  runs.push(2, parts);
  runs.push(1, [token("!")]);
  assert.deepEqual(runs.take(2), parts);
  assert.deepEqual(runs.take(1), [token("!")]);
});

test("TokenRuns keeps tokens in step where they do not add up to their text, or are missing", () => {
  const runs = new TokenRuns();
  runs.push(3, [token("longer than its text")]);
  runs.push(5);
  runs.push(5, [token("x")]);
  runs.push(1, [token("y")]);
  assert.deepEqual(runs.take(3), [token("longer than its text")]);
  assert.deepEqual(runs.take(5), []);
  assert.deepEqual(runs.take(5), [token("x")]);
  assert.deepEqual(runs.take(1), [token("y")]);
});
