import type { AnswerEnd, Usage } from "@cogniforge/core/events";
import { extensionOf } from "../openai/vocabulary.ts";

/** Why a message ends, in Anthropic's words. */
export interface StopReason {
  stop_reason: string;
  /** The sequence that ended it, where that can be told. */
  stop_sequence: string | null;
}

export interface StopContext {
  hasToolCalls: boolean;
  /** Whether the model declined, in words that its provider keeps apart. */
  hasRefused: boolean;
  /** The stop sequences of the request, where they are known. */
  stopSequences: readonly string[];
}

/** Reasons that have a word of Anthropic's own, which a target of that dialect gives as it is. */
const OWN_WORDS: ReadonlySet<string> = new Set(["pause_turn", "model_context_window_exceeded"]);

/** Anthropic's word for why the model stopped. */
export function stopReasonOf(
  { finishReason }: Pick<AnswerEnd, "finishReason">,
  { hasToolCalls, hasRefused, stopSequences }: StopContext,
): StopReason {
  const raw = finishReason?.raw ?? "";
  const plain = (stop_reason: string): StopReason => ({ stop_reason, stop_sequence: null });
  if (hasRefused) return plain("refusal");
  if (OWN_WORDS.has(raw)) return plain(raw);
  switch (finishReason?.unified) {
    case "length":
      return plain("max_tokens");
    case "tool-calls":
      return plain("tool_use");
    case "content-filter":
      return plain("refusal");
    default:
      // Programs run the tools of a message by this word, and some models call them and say that they have just stopped.
      if (hasToolCalls) return plain("tool_use");
      if (raw !== "stop_sequence") return plain("end_turn");
      return { stop_reason: raw, stop_sequence: stopSequences.length === 1 ? (stopSequences[0] ?? null) : null };
  }
}

/**
 * Anthropic's usage: what was read from a cache stands beside the input and not in it.
 *
 * Its clients insist on the two sums. Where no provider reported any they are 0, and `cogniforge.usage` says null.
 */
export function anthropicUsage(usage: Usage | undefined): Record<string, unknown> {
  const { inputTokens, cachedInputTokens, outputTokens = 0, reasoningTokens } = usage ?? {};
  return {
    input_tokens: Math.max(0, (inputTokens ?? 0) - (cachedInputTokens ?? 0)),
    cache_creation_input_tokens: null,
    cache_read_input_tokens: cachedInputTokens ?? null,
    output_tokens: outputTokens,
    ...(reasoningTokens !== undefined && { output_tokens_details: { thinking_tokens: reasoningTokens } }),
  };
}

/** Our own extension of a message, with the usage as its providers reported it. */
export function anthropicExtension(answerId: string, end: AnswerEnd): Record<string, unknown> {
  return { ...extensionOf(answerId, end), usage: end.usage ?? null };
}

/** The id of a message: Anthropic's form, made of the answer's. */
export function messageId(answerId: string): string {
  return `msg_${answerId}`;
}

/** A call's arguments as the object that Anthropic wants; its model may have written anything else. */
export function toolInput(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
