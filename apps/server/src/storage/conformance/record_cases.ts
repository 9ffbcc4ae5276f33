import { expect } from "vitest";
import type { AnswerRecord } from "../answer_records.ts";
import type { StoreCase } from "./store_case.ts";

function record(answerId: string, change: Partial<AnswerRecord> = {}): AnswerRecord {
  return {
    answerId,
    owner: "user:1",
    conversationId: undefined,
    route: "default",
    createdAt: 1_790_000_000_123,
    text: "نص \u0000 👩‍🚀",
    reasoning: "",
    toolCalls: [{ attempt: 1, index: 0, id: "call-1", name: "look_up", arguments: '{"a":1}' }],
    end: {
      seq: 9,
      at: 1_790_000_000_456,
      type: "answer-end",
      outcome: "completed",
      length: 3,
      sha256: "00",
      attempts: [],
      usage: { outputTokens: 3 },
      timing: { totalMs: 333, deltas: 3 },
    },
    ...change,
  };
}

/** What every {@linkcode AnswerRecords} keeps. */
export const RECORD_CASES: readonly StoreCase[] = [
  [
    "AnswerRecords keeps a record as it was, and replaces it",
    async ({ storage }) => {
      const { records } = storage;
      const first = record("answer-1");
      await records.put(first);
      expect(await records.get("answer-1")).toStrictEqual(first);
      const second = record("answer-1", { text: "another", conversationId: "conversation-1", owner: "key:bootstrap" });
      await records.put(second);
      expect(await records.get("answer-1")).toStrictEqual(second);
      expect(await records.get("answer-2")).toBeUndefined();
    },
  ],

  [
    "AnswerRecords.getMany() gives those that exist, however many are asked for",
    async ({ storage }) => {
      const { records } = storage;
      for (let index = 0; index < 1200; index += 400) await records.put(record(`answer-${index}`));
      const ids = Array.from({ length: 1201 }, (_, index) => `answer-${index}`);
      const found = await records.getMany(ids);
      expect(found.map(({ answerId }) => answerId).sort()).toEqual(["answer-0", "answer-400", "answer-800"]);
      expect(await records.getMany([])).toEqual([]);
    },
  ],
];
