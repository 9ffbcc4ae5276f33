import { asArray, asObject, asText, type JsonObject } from "../_json.ts";
import type { ChatMessage } from "../chat_message.ts";
import { unsupported } from "../http/mod.ts";
import { textOf, toInputContent, toOutputContent } from "./content.ts";
import { toReasoningItems } from "./encrypted_reasoning.ts";

/** What a conversation becomes. */
export interface ResponsesInput {
  instructions?: string;
  input: readonly JsonObject[];
}

/**
 * Translates a conversation into items. What the system says first are instructions, what it says later are a developer's
 * messages at their place.
 *
 * @param instructions Further ones, which come before the conversation's.
 * @throws {UpstreamError} If a message holds something that this dialect lacks.
 */
export function toInput(messages: readonly ChatMessage[], instructions?: string): ResponsesInput {
  const isOther = (message: ChatMessage) => !isSystem(message) || textOf(message.content) === undefined;
  const first = messages.findIndex(isOther);
  // A response needs some input: instructions alone are a message.
  const leading = first < 0 ? 0 : first;
  const texts = [instructions, ...messages.slice(0, leading).map(({ content }) => textOf(content))];
  const given = texts.filter((text) => text !== undefined && text !== "");
  const calls = new LegacyCalls();
  const input = messages.slice(leading).flatMap((message) => toItems(message, calls));
  return { ...(given.length > 0 ? { instructions: given.join("\n\n") } : {}), input };
}

function isSystem({ role }: ChatMessage): boolean {
  return role === "system" || role === "developer";
}

function toItems(message: ChatMessage, calls: LegacyCalls): JsonObject[] {
  switch (message.role) {
    case "system":
    case "developer":
      return [{ type: "message", role: "developer", content: toInputContent(message.content) }];
    case "user":
      return [{ type: "message", role: "user", content: toInputContent(message.content) }];
    case "assistant":
      return toOwnItems(message, calls);
    case "tool":
      return [toResult(asText(message.tool_call_id) ?? "", message.content)];
    case "function":
      return [toResult(calls.answered(asText(message.name) ?? ""), message.content)];
  }
}

function toOwnItems(message: ChatMessage, calls: LegacyCalls): JsonObject[] {
  if (asObject(message.audio)) throw unsupported("spoken messages");
  const items: JsonObject[] = [];
  const content = toOutputContent(message.content, asText(message.refusal));
  if (content.length > 0) items.push({ type: "message", role: "assistant", content });
  for (const value of asArray(message.tool_calls)) {
    const call = asObject(value);
    const called = asObject(call?.function);
    if (called === undefined) throw unsupported("tool calls that are no functions");
    items.push(toCall(asText(call?.id) ?? "", called));
  }
  const legacy = asObject(message.function_call);
  if (legacy !== undefined) items.push(toCall(calls.called(asText(legacy.name) ?? ""), legacy));
  // Reasoning that nothing follows is refused.
  return items.length > 0 ? [...toReasoningItems(message.reasoning_details), ...items] : items;
}

function toCall(id: string, { name, arguments: own }: JsonObject): JsonObject {
  const text = typeof own === "string" ? own : JSON.stringify(own ?? {});
  return { type: "function_call", call_id: id, name, arguments: text === "" ? "{}" : text };
}

function toResult(id: string, content: ChatMessage["content"]): JsonObject {
  // Images and files in a result need the long form, which not every server of this dialect knows.
  return { type: "function_call_output", call_id: id, output: textOf(content) ?? toInputContent(content) };
}

/** Ids for calls in the oldest vocabulary, which knows a function by its name alone. */
class LegacyCalls {
  #count = 0;
  readonly #open = new Map<string, string>();

  called(name: string): string {
    const id = `call_legacy_${++this.#count}`;
    this.#open.set(name, id);
    return id;
  }

  answered(name: string): string {
    return this.#open.get(name) ?? this.called(name);
  }
}
