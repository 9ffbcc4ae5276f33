import type { AnswerEnd, AnswerEvent, FailureInfo } from "@cogniforge/core/events";
import { formatFailure } from "@cogniforge/core/failures";

/** Which answer the frames belong to. */
export interface FrameSubject {
  answerId: string;
  conversationId: string | undefined;
}

/** The data of one unnamed frame, as the old browser client reads it. */
export interface Frame {
  type: "status" | "reasoning" | "data" | "tool_call" | "metrics" | "end" | "error";
  data?: string;
  payload: Record<string, unknown>;
}

/** The frames for one event, in the shapes of PROTOCOL.md section 5; none for an event that this door does not tell. */
export function framesOf(event: AnswerEvent, subject: FrameSubject): Frame[] {
  switch (event.type) {
    case "answer-start":
    case "snapshot":
    // What only the next request of a program needs.
    case "reasoning-details":
      return [];
    case "attempt-start": {
      const { provider, model, why, trial } = event;
      return [status(subject, "attempt", { provider, model, why, ...(trial && { trial }) })];
    }
    case "text-delta":
      return [{ type: "data", data: event.text, payload: { content: event.text } }];
    case "reasoning-delta":
      return [{ type: "reasoning", payload: { content: event.text } }];
    case "tool-call": {
      const { index, id, name, arguments: args } = event;
      return [{ type: "tool_call", payload: { index, id, name, arguments: args } }];
    }
    case "attempt-end": {
      const { failure, next } = event;
      if (failure === undefined || next === undefined) return [];
      const { code, message } = failure;
      return [status(subject, "setback", { code, message, wait_seconds: seconds(next.waitMs) })];
    }
    case "answer-end":
      return [metrics(event), event.failure ? errorFrame(event.failure, subject) : end(event, subject)];
    default:
      return event satisfies never;
  }
}

/** The first frame: the answer is accepted. */
export function startedFrame(subject: FrameSubject): Frame {
  return status(subject, "started", {});
}

/** The last frame of an answer that has failed, or that could not begin. */
export function errorFrame(failure: FailureInfo, { answerId, conversationId }: Partial<FrameSubject>): Frame {
  const { code, message, remedy, retryAfterMs } = failure;
  return {
    type: "error",
    payload: {
      error: formatFailure(failure),
      code,
      message: message.en,
      message_ar: message.ar,
      remedy: remedy.en,
      remedy_ar: remedy.ar,
      ...(retryAfterMs === undefined ? {} : { retry_after_seconds: seconds(retryAfterMs) }),
      answer_id: answerId ?? null,
      conversation_id: conversationId ?? null,
    },
  };
}

function status({ answerId, conversationId }: FrameSubject, state: string, more: Record<string, unknown>): Frame {
  return {
    type: "status",
    payload: { state, answer_id: answerId, conversation_id: conversationId ?? null, ...more },
  };
}

function metrics(event: AnswerEnd): Frame {
  const { timing } = event;
  return {
    type: "metrics",
    payload: {
      ttft_seconds: seconds(timing.firstTokenMs),
      elapsed_seconds: seconds(timing.totalMs),
      tokens_per_second: timing.tokensPerSecond ?? null,
      tokens_used: tokensUsed(event),
      model_used: modelUsed(event),
    },
  };
}

function end(event: AnswerEnd, { answerId, conversationId }: FrameSubject): Frame {
  const { outcome, finishReason, provider, timing, usage, cost, length, sha256, trial } = event;
  return {
    type: "end",
    payload: {
      conversation_id: conversationId ?? null,
      answer_id: answerId,
      outcome,
      finish_reason: finishReason?.unified ?? null,
      tokens_used: tokensUsed(event),
      model_used: modelUsed(event),
      provider: provider ?? null,
      elapsed_seconds: seconds(timing.totalMs),
      ttft_seconds: seconds(timing.firstTokenMs),
      usage: usage ?? null,
      cost: cost ?? null,
      attempts: event.attempts.length,
      ...(trial && { trial }),
      length,
      sha256,
    },
  };
}

function tokensUsed({ usage }: AnswerEnd): number | null {
  if (usage?.inputTokens === undefined && usage?.outputTokens === undefined) return null;
  return (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0);
}

function modelUsed({ model, modelReported }: AnswerEnd): string | null {
  return modelReported ?? model ?? null;
}

/** Milliseconds as seconds, to a thousandth; unknown as `null`, since the old client reads every field. */
function seconds(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms) / 1000;
}
