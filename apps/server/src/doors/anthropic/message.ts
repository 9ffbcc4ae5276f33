import type { AnswerEnd, AnswerState } from "@cogniforge/core/events";
import { modelOf } from "../openai/vocabulary.ts";
import type { MessageWriterOptions } from "./message_writer.ts";
import { toEnvelope, toThinkingBlocks } from "./reasoning.ts";
import { anthropicExtension, anthropicUsage, messageId, stopReasonOf, toolInput } from "./vocabulary.ts";

/** An answer as one message object. */
export function messageOf(
  { answerId, route, stopSequences }: MessageWriterOptions,
  state: AnswerState,
  end: AnswerEnd,
): Record<string, unknown> {
  const calls = state.toolCalls.map(({ id, name, arguments: args, extra }) => ({
    type: "tool_use",
    id,
    name,
    input: toolInput(args),
    ...(extra && { extra_content: extra }),
  }));
  return {
    id: messageId(answerId),
    type: "message",
    role: "assistant",
    model: modelOf(end, route),
    content: [...thinkingOf(state), ...(state.text === "" ? [] : [{ type: "text", text: state.text }]), ...calls],
    ...stopReasonOf(end, {
      hasToolCalls: calls.length > 0,
      hasRefused: state.refusedAt !== undefined,
      stopSequences,
    }),
    usage: anthropicUsage(end.usage),
    cogniforge: anthropicExtension(answerId, end),
  };
}

function thinkingOf({ reasoning, reasoningDetails }: AnswerState): unknown[] {
  const own = toThinkingBlocks(reasoningDetails);
  if (own === undefined) return [{ type: "thinking", thinking: reasoning, signature: toEnvelope(reasoningDetails) }];
  const isShown = reasoning === "" || own.some(({ type }) => type === "thinking");
  return isShown ? own : [{ type: "thinking", thinking: reasoning, signature: "" }, ...own];
}
