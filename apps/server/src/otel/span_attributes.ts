import type { AnswerEnd, AttemptSummary, FinishReason } from "@cogniforge/core/events";
import type { JournalHeader } from "@cogniforge/core/journal";
import type { AnswerMeasures } from "@cogniforge/core/metrics";
import type { Attributes } from "@opentelemetry/api";
import {
  ATTR_ERROR_TYPE,
  ATTR_GEN_AI_CONVERSATION_ID,
  ATTR_GEN_AI_OPERATION_NAME,
  ATTR_GEN_AI_PROVIDER_NAME,
  ATTR_GEN_AI_REQUEST_MODEL,
  ATTR_GEN_AI_RESPONSE_FINISH_REASONS,
  ATTR_GEN_AI_RESPONSE_MODEL,
  ATTR_GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK,
  ATTR_GEN_AI_USAGE_CACHE_CREATION_INPUT_TOKENS,
  ATTR_GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS,
  ATTR_GEN_AI_USAGE_INPUT_TOKENS,
  ATTR_GEN_AI_USAGE_OUTPUT_TOKENS,
  ATTR_GEN_AI_USAGE_REASONING_OUTPUT_TOKENS,
} from "@opentelemetry/semantic-conventions/incubating";
import { providerName } from "./provider_name.ts";
import { originOfAnswer } from "./trace_ids.ts";

/** The one operation of the conventions that answers are. */
export const CHAT = "chat";

/** What is told of an answer. Its tokens stand at its attempts alone, so that a sum over spans counts each of them once. */
export function answerAttributes(
  header: JournalHeader,
  { route, isRescued, hasFallenBack, freezesMs, costs }: AnswerMeasures,
  end: AnswerEnd,
): Attributes {
  const { door, requestId } = originOfAnswer(header) ?? {};
  return withoutUnknown({
    "cogniforge.answer.id": header.answerId,
    "cogniforge.request.id": requestId,
    "cogniforge.route": route,
    "cogniforge.door": door,
    "cogniforge.outcome": end.outcome,
    "cogniforge.attempts": end.attempts.length,
    "cogniforge.rescued": isRescued,
    "cogniforge.fell_back": hasFallenBack,
    "cogniforge.freeze_ms": freezesMs.length === 0 ? undefined : sum(freezesMs),
    "cogniforge.cost_usd": costs.length === 0 ? undefined : sum(costs.map(({ amount }) => amount)),
    "cogniforge.provider": end.provider,
    "cogniforge.model": end.model,
    [ATTR_GEN_AI_CONVERSATION_ID]: conversationOf(header),
    [ATTR_GEN_AI_RESPONSE_FINISH_REASONS]: finishReasons(end.finishReason),
    [ATTR_ERROR_TYPE]: end.outcome === "failed" ? end.failure?.code : undefined,
  });
}

/** What is told of an attempt, by the conventions for a client of generative AI and in our own words. */
export function attemptAttributes(answerId: string, attempt: AttemptSummary): Attributes {
  const { provider, model, modelReported, usage, cost, timing, finishReason, failureCode, outcome, seam } = attempt;
  return withoutUnknown({
    [ATTR_GEN_AI_OPERATION_NAME]: CHAT,
    [ATTR_GEN_AI_PROVIDER_NAME]: providerName(provider),
    [ATTR_GEN_AI_REQUEST_MODEL]: model,
    [ATTR_GEN_AI_RESPONSE_MODEL]: modelReported,
    [ATTR_GEN_AI_RESPONSE_FINISH_REASONS]: finishReasons(finishReason),
    [ATTR_GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK]:
      timing?.firstTokenMs === undefined ? undefined : timing.firstTokenMs / 1000,
    [ATTR_GEN_AI_USAGE_INPUT_TOKENS]: usage?.inputTokens,
    [ATTR_GEN_AI_USAGE_OUTPUT_TOKENS]: usage?.outputTokens,
    [ATTR_GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS]: usage?.cachedInputTokens,
    [ATTR_GEN_AI_USAGE_CACHE_CREATION_INPUT_TOKENS]: usage?.cacheWriteTokens,
    [ATTR_GEN_AI_USAGE_REASONING_OUTPUT_TOKENS]: usage?.reasoningTokens,
    [ATTR_ERROR_TYPE]: outcome === "failed" ? failureCode : undefined,
    "cogniforge.answer.id": answerId,
    "cogniforge.attempt": attempt.attempt,
    "cogniforge.provider": provider,
    "cogniforge.why": attempt.why,
    "cogniforge.outcome": outcome,
    "cogniforge.trial": attempt.trial,
    "cogniforge.cost_usd": cost?.amount,
    "cogniforge.freeze_ms": seam?.freezeMs,
  });
}

function finishReasons(reason: FinishReason | undefined): string[] | undefined {
  return reason && [reason.unified];
}

function conversationOf({ ask }: JournalHeader): string | undefined {
  const id = typeof ask === "object" && ask !== null && "conversationId" in ask ? ask.conversationId : undefined;
  return typeof id === "string" ? id : undefined;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function withoutUnknown(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
