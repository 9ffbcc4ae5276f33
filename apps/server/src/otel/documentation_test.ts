import { readFile } from "node:fs/promises";
import type { AnswerEnd, AttemptSummary } from "@cogniforge/core/events";
import { measuresOf } from "@cogniforge/core/metrics";
import { expect, test } from "vitest";
import { answerAttributes, attemptAttributes } from "./span_attributes.ts";

const page = await readFile(new URL("../../../../docs/measures.md", import.meta.url), "utf8");

/** An attempt of which everything is known. */
const ATTEMPT: AttemptSummary = {
  attempt: 2,
  provider: "gemini",
  model: "m",
  modelReported: "m-1",
  why: "continuation",
  trial: true,
  outcome: "failed",
  failureCode: "cut",
  from: 0,
  to: 4,
  usage: { inputTokens: 1, cachedInputTokens: 1, cacheWriteTokens: 1, outputTokens: 1, reasoningTokens: 1 },
  cost: { amount: 0.5, currency: "USD", source: "table" },
  timing: { totalMs: 10, firstTokenMs: 5, deltas: 1 },
  finishReason: { unified: "stop", raw: "stop" },
  seam: { strategy: "prefill", kind: "tail", isVerified: true, freezeMs: 3 },
};

const END: AnswerEnd = {
  seq: 9,
  at: 1,
  type: "answer-end",
  outcome: "failed",
  finishReason: { unified: "stop", raw: "stop" },
  length: 4,
  sha256: "",
  provider: "gemini",
  model: "m",
  attempts: [ATTEMPT],
  timing: { totalMs: 10, deltas: 1 },
  failure: { code: "cut", message: { en: "", ar: "" }, remedy: { en: "", ar: "" } },
};

const HEADER = {
  answerId: "a",
  owner: "o",
  createdAt: 0,
  ask: { conversationId: "c", origin: { door: "sse", requestId: "r" } },
};

/** The first column of the table that follows a sentence. */
function namesAfter(sentence: string): string[] {
  const from = page.slice(page.indexOf(sentence));
  const table = from.slice(from.indexOf("|---|---|"), from.indexOf("\n\n", from.indexOf("|---|---|")));
  const rows = table.split("\n").slice(1);
  return rows.flatMap((row) => [...(row.split(" | ")[0] ?? "").matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name));
}

test("docs/measures.md lists the attributes of an answer's span and of an attempt's as they are", () => {
  const answer = answerAttributes(HEADER, measuresOf("a", "default", END), END);
  expect(namesAfter("The answer's span has").sort()).toEqual(Object.keys(answer).sort());
  expect(namesAfter("An attempt's span has").sort()).toEqual(Object.keys(attemptAttributes("a", ATTEMPT)).sort());
});
