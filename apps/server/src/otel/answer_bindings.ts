import type { AnswerState } from "@cogniforge/core/events";
import type { JournalHeader } from "@cogniforge/core/journal";
import { originOfAnswer, traceIdOf } from "./trace_ids.ts";

/** What every log line of an answer says: its id, that of the request which asked it, and its trace where traces are made. */
export function answerBindings(header: JournalHeader, hasTraces: boolean): Record<string, unknown> {
  const { requestId, door } = originOfAnswer(header) ?? {};
  return {
    answerId: header.answerId,
    requestId,
    door,
    // The name by which log stores find the trace.
    trace_id: hasTraces ? traceIdOf(header) : undefined,
  };
}

/** How an answer ended, for its one line in the log: names and numbers, nothing that was asked or said. */
export function endBindings({ start, end }: AnswerState): Record<string, unknown> {
  return {
    route: start?.route,
    outcome: end?.outcome,
    code: end?.failure?.code,
    provider: end?.provider,
    model: end?.model,
    attempts: end?.attempts.length,
    firstTokenMs: end?.timing.firstTokenMs,
    totalMs: end?.timing.totalMs,
  };
}
