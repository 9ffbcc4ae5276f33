import { asArray, asObject, asText, type JsonObject, parseJson } from "../_json.ts";
import type { ChatMessage } from "../chat_message.ts";
import { unsupported } from "../http/mod.ts";

type OllamaMessage = Record<string, unknown>;

/**
 * Translates a conversation: images become base64 without their address, arguments of calls objects, and a tool's result names
 * its tool.
 *
 * @throws {UpstreamError} If a message holds something that this dialect lacks.
 */
export function toMessages(messages: readonly ChatMessage[]): OllamaMessage[] {
  const toolNames = new Map<string, string>();
  return messages.map((message) => toMessage(message, toolNames));
}

function toMessage(message: ChatMessage, toolNames: Map<string, string>): OllamaMessage {
  const { text, images } = toContent(message.content);
  const translated: OllamaMessage = { role: message.role, content: text };
  if (images.length > 0) translated.images = images;
  switch (message.role) {
    case "developer":
      translated.role = "system";
      break;
    case "assistant":
      addOwn(message, translated, toolNames);
      break;
    case "tool":
    case "function":
      translated.role = "tool";
      addResult(message, translated, toolNames);
      break;
  }
  return translated;
}

function addOwn(message: ChatMessage, translated: OllamaMessage, toolNames: Map<string, string>): void {
  const thinking = asText(message.reasoning_content) ?? asText(message.reasoning) ?? asText(message.thinking);
  if (thinking !== undefined) translated.thinking = thinking;
  const refusal = asText(message.refusal);
  if (refusal !== undefined && translated.content === "") translated.content = refusal;
  const legacy = asObject(message.function_call);
  const calls = [...asArray(message.tool_calls), ...(legacy === undefined ? [] : [{ function: legacy }])];
  if (calls.length === 0) return;
  translated.tool_calls = calls.map((value) => {
    const call = asObject(value);
    const called = asObject(call?.function);
    const name = asText(called?.name);
    if (name === undefined) throw unsupported("tool calls that are no functions");
    const id = asText(call?.id);
    if (id !== undefined) toolNames.set(id, name);
    const own = { name, arguments: toArguments(called?.arguments, name) };
    return id === undefined ? { function: own } : { id, function: own };
  });
}

function addResult(message: ChatMessage, translated: OllamaMessage, toolNames: Map<string, string>): void {
  const id = asText(message.tool_call_id);
  const name = asText(message.name) ?? (id === undefined ? undefined : toolNames.get(id));
  if (name !== undefined) translated.tool_name = name;
  if (id !== undefined) translated.tool_call_id = id;
}

/** Ollama wants an object where OpenAI has its text. */
function toArguments(value: unknown, name: string): JsonObject {
  const text = asText(value)?.trim() ?? "";
  const parsed = typeof value === "string" ? asObject(text === "" ? {} : parseJson(text)) : asObject(value ?? {});
  if (parsed === undefined) throw unsupported(`arguments that are no JSON object, as in the call of '${name}'`);
  return parsed;
}

function toContent(content: ChatMessage["content"]): { text: string; images: string[] } {
  if (typeof content === "string") return { text: content, images: [] };
  const texts: string[] = [];
  const images: string[] = [];
  for (const part of content ?? []) {
    switch (part.type) {
      case "text":
        texts.push(asText(part.text) ?? "");
        break;
      case "refusal":
        texts.push(asText(part.refusal) ?? "");
        break;
      case "image_url":
        images.push(toImage(part.image_url));
        break;
      default:
        throw unsupported(`content of type '${part.type.slice(0, 50)}'`);
    }
  }
  return { text: texts.join("\n"), images };
}

const DATA_URL = /^data:[^,]*;base64,(.+)$/is;

/** The base64 of an image: a server that fetches addresses for its callers is none that we have. */
function toImage(value: unknown): string {
  const url = asText(asObject(value)?.url) ?? asText(value) ?? "";
  const data = DATA_URL.exec(url)?.[1];
  if (data === undefined) throw unsupported("images by their address: send them as base64 in a data URL");
  return data;
}
