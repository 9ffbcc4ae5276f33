import type { AnswerRecord } from "../answer_records.ts";
import type { RecordStorage } from "../record_storage.ts";

export const OWNER = "user:1";

/** Creates conversations whose titles are their ids. */
export function createMany(storage: RecordStorage, ids: readonly string[], at: (index: number) => number) {
  return Promise.all(ids.map((id, index) => storage.conversations.create(OWNER, { id, title: id, at: at(index) })));
}

/** An ended answer of a conversation. */
export const RECORD: AnswerRecord = {
  answerId: "answer-1",
  owner: OWNER,
  conversationId: "conversation-1",
  route: "default",
  createdAt: 1,
  text: "the answer has a haystack",
  reasoning: "",
  toolCalls: [],
  end: {
    seq: 2,
    at: 2,
    type: "answer-end",
    outcome: "completed",
    length: 25,
    sha256: "00",
    attempts: [],
    timing: { totalMs: 1, deltas: 1 },
  },
};
