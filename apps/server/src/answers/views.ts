import { askSubjectSchema } from "@cogniforge/core/engine";
import type { AnswerState } from "@cogniforge/core/events";
import type { JournalHeader } from "@cogniforge/core/journal";
import { encodeCursor } from "@cogniforge/core/journal";
import type { AnswerRecord } from "../storage/answer_records.ts";
import type { Spending } from "../storage/api_keys.ts";
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
  const ask = askSubjectSchema.parse(header.ask);
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
  const { conversationId, route } = askSubjectSchema.parse(header.ask);
  const { text, reasoning, toolCalls, end } = state;
  if (end === undefined) return undefined;
  return { answerId, owner, conversationId, route, createdAt, text, reasoning, toolCalls, end };
}

/** What an answer used up, as far as its providers said. */
export function spendingOf({ end }: AnswerState): Spending {
  const { usage, cost, attempts = [] } = end ?? {};
  // The sum of an answer is absent where one attempt's cost is unknown: the others were paid for all the same.
  const known = attempts.reduce((sum, attempt) => sum + (attempt.cost?.amount ?? 0), 0);
  return { usd: cost?.amount ?? known, tokens: (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0) };
}
