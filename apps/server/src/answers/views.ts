import { askSchema } from "@cogniforge/core/engine";
import type { AnswerState } from "@cogniforge/core/events";
import type { JournalHeader } from "@cogniforge/core/journal";
import { encodeCursor } from "@cogniforge/core/journal";
import type { AnswerRecord } from "../storage/answer_records.ts";
import type { AnswerView } from "./answer_view.ts";

/** An ended answer as JSON, from its record. */
export function viewOfRecord(record: AnswerRecord): AnswerView {
  const { answerId, conversationId, route, createdAt, text, reasoning, toolCalls, end } = record;
  return {
    id: answerId,
    object: "answer",
    status: end.outcome,
    conversationId,
    route,
    createdAt,
    text,
    reasoning,
    toolCalls,
    attempts: end.attempts,
    cursor: encodeCursor({ answerId, seq: end.seq, offset: text.length }),
    end,
  };
}

/** An answer as JSON, as far as its journal has it. */
export function viewOfState(header: JournalHeader, state: AnswerState): AnswerView {
  const { answerId, createdAt } = header;
  const ask = askSchema.parse(header.ask);
  const { text, reasoning, toolCalls, attempts, seq, end } = state;
  return {
    id: answerId,
    object: "answer",
    status: end?.outcome ?? "running",
    conversationId: ask.conversationId,
    route: ask.route,
    createdAt,
    text,
    reasoning,
    toolCalls,
    attempts,
    cursor: encodeCursor({ answerId, seq, offset: text.length }),
    end,
  };
}

/** What is kept of an answer that has ended; `undefined` if it has not. */
export function recordOf(header: JournalHeader, state: AnswerState): AnswerRecord | undefined {
  const { answerId, owner, createdAt } = header;
  const { conversationId, route } = askSchema.parse(header.ask);
  const { text, reasoning, toolCalls, end } = state;
  if (end === undefined) return undefined;
  return { answerId, owner, conversationId, route, createdAt, text, reasoning, toolCalls, end };
}
