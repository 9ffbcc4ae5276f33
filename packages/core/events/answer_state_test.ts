import assert from "node:assert/strict";
import { test } from "node:test";
import { type AnswerEvent, EMPTY_ANSWER_STATE, foldEvent } from "./mod.ts";

const START: AnswerEvent = {
  type: "attempt-start",
  seq: 2,
  at: 0,
  attempt: 1,
  provider: "p",
  model: "m",
  why: "first",
  offset: 0,
};

test("foldEvent() keeps one entry for an attempt that the state knew before its event came", () => {
  const known = foldEvent(EMPTY_ANSWER_STATE, START);
  const { attempts } = foldEvent({ ...known, seq: 0 }, START);
  assert.deepEqual(
    attempts.map(({ attempt }) => attempt),
    [1],
  );
});
