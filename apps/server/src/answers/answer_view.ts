import type { AnswerEnd, AttemptSummary, ToolCallInfo } from "@cogniforge/core/events";

/** An answer as JSON, as `answers.get` and `GET /v1/answers/{id}` give it. */
export interface AnswerView {
  id: string;
  object: "answer";
  status: "running" | "completed" | "failed" | "cancelled";
  conversationId?: string | undefined;
  route: string;
  /** Epoch milliseconds. */
  createdAt: number;
  text: string;
  reasoning: string;
  toolCalls: readonly ToolCallInfo[];
  attempts: readonly AttemptSummary[];
  /** Position after everything in this view. */
  cursor: string;
  end?: AnswerEnd | undefined;
}
