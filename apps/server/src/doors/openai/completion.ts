import type { AnswerEnd, AnswerState } from "@cogniforge/core/events";
import type { Choice } from "./choices.ts";
import { openAiErrorOf } from "./errors.ts";
import {
  completionId,
  extensionOfAll,
  modelOf,
  openAiFinishReason,
  openAiLogprobs,
  openAiReasoning,
  openAiToolCall,
  openAiUsage,
} from "./vocabulary.ts";

/** What a caller asked to be told, and how. */
export interface Telling {
  hasLogprobs: boolean;
  /** Calls are told as OpenAI's old `function_call`. */
  isLegacy: boolean;
}

/** A choice whose answer has ended. */
export interface EndedChoice extends Choice {
  state: AnswerState;
  end: AnswerEnd;
}

/** Answers as one `chat.completion` object, a choice for each; at least one of them has not failed. */
export function completionOf(choices: readonly [EndedChoice, ...EndedChoice[]], telling: Telling) {
  const [first] = choices;
  const ends = choices.map(({ end }) => end);
  const named = choices.find(({ end }) => end.failure === undefined) ?? first;
  const usage = openAiUsage(ends);
  return {
    id: completionId(first.answerId),
    object: "chat.completion",
    created: Math.floor(first.createdAt / 1000),
    model: modelOf(named.end, named.route),
    choices: choices.map((choice, index) => ({ index, ...choiceOf(choice, telling) })),
    ...(usage && { usage }),
    cogniforge: extensionOfAll(
      choices.map(({ answerId }) => answerId),
      ends,
    ),
  };
}

function choiceOf({ state, end }: EndedChoice, { hasLogprobs, isLegacy }: Telling): Record<string, unknown> {
  const { failure, finishReason } = end;
  return {
    message: messageOf(state, isLegacy),
    logprobs: hasLogprobs && state.logprobs ? openAiLogprobs(state.logprobs, state.refusedAt === 0) : null,
    // As OpenRouter tells of a choice that failed beside others which did not.
    ...(failure === undefined
      ? { finish_reason: openAiFinishReason(finishReason, isLegacy) }
      : { finish_reason: "error", ...openAiErrorOf(failure) }),
  };
}

function messageOf(state: AnswerState, isLegacy: boolean): Record<string, unknown> {
  const { reasoning, reasoningDetails, refusedAt } = state;
  const text = state.text.slice(0, refusedAt);
  const hasNone = text === "" && (state.toolCalls.length > 0 || refusedAt !== undefined);
  const calls = state.toolCalls.map(openAiToolCall);
  const [first] = calls;
  const called = isLegacy ? { function_call: first?.function } : { tool_calls: calls };
  return {
    role: "assistant",
    // A message of tool calls or of a refusal alone has no content, by OpenAI's own contract.
    content: hasNone ? null : text,
    ...(reasoning !== "" && openAiReasoning(reasoning)),
    ...(reasoningDetails.length > 0 && { reasoning_details: reasoningDetails }),
    refusal: refusedAt === undefined ? null : state.text.slice(refusedAt),
    ...(calls.length > 0 && called),
  };
}
