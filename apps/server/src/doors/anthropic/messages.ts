import type { ChatMessage } from "@cogniforge/core/providers";
import type { AnthropicMessage, AssistantBlock, TextBlock, UserBlock } from "./blocks.ts";
import { contentOf, resultContentOf } from "./content.ts";
import { fromThinkingBlocks } from "./reasoning.ts";

/**
 * Translates the conversation into the chat vocabulary.
 *
 * @throws {FailureError} `invalid-input`, naming the message.
 */
export function toChatMessages(
  system: string | readonly TextBlock[] | null | undefined,
  messages: readonly AnthropicMessage[],
): ChatMessage[] {
  const instructions: ChatMessage[] = isEmpty(system) ? [] : [{ role: "system", content: textContentOf(system) }];
  return [...instructions, ...messages.flatMap(toChat)];
}

function toChat(message: AnthropicMessage, index: number): ChatMessage[] {
  const { content } = message;
  if (typeof content === "string") return [{ role: message.role, content }];
  switch (message.role) {
    case "system":
      return [{ role: "system", content: textContentOf(message.content) }];
    case "user":
      return toUserMessages(content as UserBlock[]);
    case "assistant":
      return [toAssistantMessage(content as AssistantBlock[], `messages.${index}.content`)];
    default:
      return message satisfies never;
  }
}

/** The results of tools are messages of their own, which must follow the calls at once. */
function toUserMessages(blocks: readonly UserBlock[]): ChatMessage[] {
  const results = blocks.filter((block) => block.type === "tool_result");
  const shown = blocks.filter((block) => block.type !== "tool_result");
  const messages: ChatMessage[] = results.map((result) => ({
    role: "tool",
    tool_call_id: result.tool_use_id,
    content: resultContentOf(result),
    // Only Anthropic's own models have a word for it; others read it in the result.
    ...(result.is_error && { is_error: true }),
  }));
  if (shown.length > 0) messages.push({ role: "user", content: contentOf(shown) });
  return messages;
}

function toAssistantMessage(blocks: readonly AssistantBlock[], param: string): ChatMessage {
  const texts = blocks.filter((block) => block.type === "text");
  const thinking = blocks.filter((block) => block.type === "thinking" || block.type === "redacted_thinking");
  const calls = blocks.flatMap((block) => {
    if (block.type !== "tool_use") return [];
    const { id, name, input, cache_control, extra_content } = block;
    const called = { name, arguments: JSON.stringify(input ?? {}) };
    return {
      id,
      type: "function",
      function: called,
      ...(extra_content && { extra_content }),
      ...(cache_control && { cache_control }),
    };
  });
  return {
    role: "assistant",
    content: texts.length === 0 ? (calls.length > 0 ? null : "") : contentOf(texts),
    ...fromThinkingBlocks(thinking, param),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

function textContentOf(content: string | readonly TextBlock[] | null | undefined): NonNullable<ChatMessage["content"]> {
  return typeof content === "string" ? content : contentOf(content ?? []);
}

function isEmpty(system: string | readonly TextBlock[] | null | undefined): boolean {
  return system === undefined || system === null || system.length === 0;
}
