import { asArray, asObject, asText, type JsonObject, parseJson } from "../_json.ts";
import type { ChatMessage } from "../chat_message.ts";
import type { ProviderRequest } from "../provider.ts";
import { type ContentPart, toContentParts, toText } from "./content.ts";
import type { AiSdkVersion, ProviderOptions } from "./model.ts";
import { fromExtra, fromReasoningDetails } from "./round_trip.ts";

/** One message of a prompt in the SDK's vocabulary; its versions differ only in how they hold files. */
export type PromptMessage =
  | { role: "system"; content: string }
  | { role: "user"; content: ContentPart[] }
  | { role: "assistant"; content: AssistantPart[] }
  | { role: "tool"; content: ToolResultPart[] };

type AssistantPart =
  | ContentPart
  | { type: "reasoning"; text: string; providerOptions: ProviderOptions }
  | { type: "tool-call"; toolCallId: string; toolName: string; input: unknown; providerOptions?: ProviderOptions };

interface ToolResultPart {
  type: "tool-result";
  toolCallId: string;
  toolName: string;
  output: { type: "text"; value: string } | { type: "content"; value: unknown[] };
}

/**
 * The conversation as a prompt, with the beginning of the model's own message at its end if there is one.
 *
 * @throws {UpstreamError} If a message holds what the SDK has no word for.
 */
export function toPrompt({ messages, prefill }: ProviderRequest, version: AiSdkVersion): PromptMessage[] {
  const prompt: PromptMessage[] = [];
  const toolNames = new Map<string, string>();
  for (const message of messages) {
    switch (message.role) {
      case "system":
      case "developer":
        prompt.push({ role: "system", content: toText(message.content) });
        break;
      case "user":
        prompt.push({ role: "user", content: toContentParts(message.content, version) });
        break;
      case "assistant":
        prompt.push({ role: "assistant", content: toAssistantParts(message, version, toolNames) });
        break;
      case "tool":
      case "function": {
        const result = toToolResult(message, version, toolNames);
        const last = prompt.at(-1);
        // The results of one turn stand together: some providers refuse them apart.
        if (last?.role === "tool") last.content.push(result);
        else prompt.push({ role: "tool", content: [result] });
        break;
      }
      default:
        message.role satisfies never;
    }
  }
  if (prefill !== undefined) prompt.push({ role: "assistant", content: [{ type: "text", text: prefill }] });
  return prompt;
}

function toAssistantParts(
  message: ChatMessage,
  version: AiSdkVersion,
  toolNames: Map<string, string>,
): AssistantPart[] {
  const parts: AssistantPart[] = [];
  for (const { text, providerOptions } of fromReasoningDetails(message.reasoning_details)) {
    parts.push({ type: "reasoning", text, providerOptions });
  }
  parts.push(...toContentParts(message.content, version));
  for (const value of asArray(message.tool_calls)) {
    const call = asObject(value);
    const called = asObject(call?.function);
    if (call === undefined || called === undefined) continue;
    const toolCallId = asText(call.id) ?? "";
    parts.push(toToolCall(toolCallId, called, fromExtra(call.extra_content), toolNames));
  }
  const legacy = asObject(message.function_call);
  // The old vocabulary has no ids: a function's name stands for the one call of it.
  if (legacy !== undefined) parts.push(toToolCall(asText(legacy.name) ?? "", legacy, undefined, toolNames));
  return parts;
}

function toToolCall(
  toolCallId: string,
  called: JsonObject,
  providerOptions: ProviderOptions | undefined,
  toolNames: Map<string, string>,
): AssistantPart {
  const toolName = asText(called.name) ?? "";
  toolNames.set(toolCallId, toolName);
  const text = asText(called.arguments);
  const input = text === undefined ? (asObject(called.arguments) ?? {}) : (parseJson(text) ?? text);
  return { type: "tool-call", toolCallId, toolName, input, ...(providerOptions !== undefined && { providerOptions }) };
}

function toToolResult(
  message: ChatMessage,
  version: AiSdkVersion,
  toolNames: ReadonlyMap<string, string>,
): ToolResultPart {
  const name = asText(message.name);
  const toolCallId = asText(message.tool_call_id) ?? name ?? "";
  // Some providers (Gemini) tell results apart by the tool's name, which OpenAI's vocabulary gives with the call alone.
  const toolName = toolNames.get(toolCallId) ?? name ?? "";
  return { type: "tool-result", toolCallId, toolName, output: toOutput(message.content, version) };
}

function toOutput(content: ChatMessage["content"], version: AiSdkVersion): ToolResultPart["output"] {
  const parts = toContentParts(content, version);
  // Files in a tool's result have a form of their own in each version; only the fourth shares it with messages.
  if (version === "v4" && parts.some(({ type }) => type === "file")) return { type: "content", value: parts };
  return { type: "text", value: toText(content) };
}
