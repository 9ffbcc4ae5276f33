import { asArray, asObject, asText } from "../_json.ts";
import type { ChatMessage } from "../chat_message.ts";
import { unsupported } from "../http/mod.ts";

type CohereMessage = Record<string, unknown>;

/**
 * Translates a conversation. Most of it stands in OpenAI's own words; what differs is the plan beside tool calls, and that Cohere
 * refuses empty contents.
 *
 * @throws {UpstreamError} If a message holds something that this dialect lacks.
 */
export function toMessages(messages: readonly ChatMessage[]): CohereMessage[] {
  return messages.map(toMessage);
}

function toMessage(message: ChatMessage): CohereMessage {
  const content = toContent(message);
  switch (message.role) {
    case "system":
    case "developer":
      return { role: "system", content };
    case "user":
      return { role: "user", content };
    case "tool":
    case "function":
      return { role: "tool", tool_call_id: message.tool_call_id ?? message.name, content };
    case "assistant":
      return toAssistant(message, content);
    default:
      return message.role satisfies never;
  }
}

function toAssistant(message: ChatMessage, content: CohereMessage["content"]): CohereMessage {
  const legacy = asObject(message.function_call);
  // The old vocabulary has no ids: a function's name stands for the one call of it.
  const calls = legacy === undefined ? asArray(message.tool_calls) : [{ id: legacy.name, function: legacy }];
  if (calls.length === 0) return { role: "assistant", content };
  const plan = asText(message.reasoning_content) ?? asText(message.reasoning);
  return {
    role: "assistant",
    ...(content !== "" && { content }),
    ...(plan !== undefined && { tool_plan: plan }),
    tool_calls: calls.map(toToolCall),
  };
}

function toToolCall(value: unknown): CohereMessage {
  const call = asObject(value);
  const { name, arguments: text } = asObject(call?.function) ?? {};
  if (asText(name) === undefined) throw unsupported("tool calls that are no functions");
  return { id: call?.id, type: "function", function: { name, arguments: asText(text) ?? "{}" } };
}

/** The content as one text, or as pieces where images are among them. */
function toContent({ content, refusal }: ChatMessage): string | CohereMessage[] {
  if (typeof content === "string") return content;
  const items = (content ?? []).map((item) => {
    switch (item.type) {
      case "text":
        return { type: "text", text: asText(item.text) ?? "" };
      case "refusal":
        return { type: "text", text: asText(item.refusal) ?? "" };
      case "image_url":
        return { type: "image_url", image_url: item.image_url };
      default:
        throw unsupported(`content of type '${item.type.slice(0, 50)}'`);
    }
  });
  if (items.length === 0) return asText(refusal) ?? "";
  const hasImage = items.some(({ type }) => type === "image_url");
  return hasImage ? items : items.map(({ text }) => text ?? "").join("\n");
}
