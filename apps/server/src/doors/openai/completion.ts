import type { AnswerEnd, AnswerState } from "@cogniforge/core/events";
import { completionId, extensionOf, modelOf, openAiFinishReason, openAiUsage } from "./vocabulary.ts";

/** An answer as one `chat.completion` object. */
export function completionOf(
  { answerId, route, createdAt }: { answerId: string; route: string; createdAt: number },
  state: AnswerState,
  end: AnswerEnd,
): Record<string, unknown> {
  const calls = state.toolCalls.map(({ id, name, arguments: args }) => ({
    id,
    type: "function",
    function: { name, arguments: args },
  }));
  const message = {
    role: "assistant",
    // A message of tool calls alone has no content, by OpenAI's own contract.
    content: state.text === "" && calls.length > 0 ? null : state.text,
    ...(state.reasoning !== "" && { reasoning_content: state.reasoning }),
    refusal: null,
    ...(calls.length > 0 && { tool_calls: calls }),
  };
  const usage = openAiUsage(end.usage);
  return {
    id: completionId(answerId),
    object: "chat.completion",
    created: Math.floor(createdAt / 1000),
    model: modelOf(end, route),
    choices: [{ index: 0, message, logprobs: null, finish_reason: openAiFinishReason(end.finishReason) }],
    ...(usage && { usage }),
    cogniforge: extensionOf(answerId, end),
  };
}
