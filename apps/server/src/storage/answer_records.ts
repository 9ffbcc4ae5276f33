import type { AnswerEnd, AnswerState, ToolCallInfo } from "@cogniforge/core/events";
import type { JournalHeader } from "@cogniforge/core/journal";

/** What is kept of an ended answer beside its journal: for history, for the model's context and for measures. */
export interface AnswerRecord {
  answerId: string;
  owner: string;
  conversationId: string | undefined;
  route: string;
  createdAt: number;
  text: string;
  reasoning: string;
  toolCalls: readonly ToolCallInfo[];
  end: AnswerEnd;
}

/** The record of an answer; `undefined` for one that is kept in no history. */
export type MakeRecord = (header: JournalHeader, state: AnswerState) => AnswerRecord | undefined;

/** The store of ended answers. */
export interface AnswerRecords {
  /** Writes a record, and with it the answer's measures; the same answer again replaces the record, and is not measured again. */
  put(record: AnswerRecord): Promise<void>;
  get(answerId: string): Promise<AnswerRecord | undefined>;
  /** Those that exist, in no particular order. */
  getMany(answerIds: readonly string[]): Promise<AnswerRecord[]>;
}
