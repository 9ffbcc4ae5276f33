import { asArray, asObject, asText, type JsonObject, parseJson } from "../_json.ts";
import type { ChatMessage } from "../chat_message.ts";
import { toBlocks } from "./content.ts";
import { isThinkingBlock, toThinkingBlocks } from "./reasoning_blocks.ts";

/** One turn; neighbours of the same role are one. */
export interface Turn {
  role: "user" | "assistant";
  content: JsonObject[];
}

/** A conversation as this dialect writes it. */
export interface Conversation {
  system: JsonObject[];
  turns: Turn[];
}

/** Stands for a user's turn where there must be one and is none: the API wants the conversation to begin with the user. */
const NOBODY_SPOKE: JsonObject = { type: "text", text: "(begin)" };

/**
 * Translates a conversation: what the system says goes ahead of it, the results of tools become the user's, and neighbours of the
 * same role become one turn. Names of speakers and fields that nobody knows are left out, since the API refuses them.
 *
 * @throws {UpstreamError} If a message holds something that this dialect lacks.
 */
export function toConversation(messages: readonly ChatMessage[]): Conversation {
  const system: JsonObject[] = [];
  const turns: Turn[] = [];
  const add = (role: Turn["role"], blocks: readonly JsonObject[]) => {
    if (blocks.length === 0) return;
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...blocks);
    else turns.push({ role, content: [...blocks] });
  };
  const ids = new CallIds();
  for (const message of messages) {
    switch (message.role) {
      case "system":
      case "developer":
        system.push(...toBlocks(message));
        break;
      case "user":
        add("user", toBlocks(message));
        break;
      case "assistant":
        add("assistant", toAssistantBlocks(message, ids));
        break;
      case "tool":
      case "function":
        add("user", [toToolResult(message, ids)]);
        break;
    }
  }
  for (const turn of turns) if (turn.role === "user") turn.content = resultsFirst(turn.content);
  // With instructions alone there is nothing else to answer.
  if (turns.length === 0) add("user", system.splice(0));
  if (turns[0]?.role !== "user") turns.unshift({ role: "user", content: [NOBODY_SPOKE] });
  trimEnd(turns.at(-1));
  return { system, turns };
}

/** Whether tools have answered the last turn of the assistant and the reasoning that led to it is not given back. */
export function lacksReasoning(turns: readonly Turn[]): boolean {
  const last = turns.findLast(({ role }) => role === "assistant");
  const hasCalls = last?.content.some(({ type }) => type === "tool_use") ?? false;
  return hasCalls && !isThinkingBlock(last?.content[0]);
}

function toAssistantBlocks(message: ChatMessage, ids: CallIds): JsonObject[] {
  const thinking = toThinkingBlocks(message);
  const said = toBlocks(message).filter((block) => {
    const isReasoning = block.type === "thinking" || block.type === "redacted_thinking";
    return !isReasoning || (thinking.length === 0 && isThinkingBlock(block));
  });
  const refusal = asText(message.refusal);
  if (refusal !== undefined && said.length === 0) said.push({ type: "text", text: refusal });
  const calls = asArray(message.tool_calls).map((value) => toToolUse(asObject(value) ?? {}, ids));
  const legacy = asObject(message.function_call);
  if (legacy !== undefined) calls.push(toToolUse({ function: legacy }, ids));
  // Reasoning must not be the last of a turn: what was cut after it is as good as never thought.
  return said.every(isThinkingBlock) && calls.length === 0 ? [] : [...thinking, ...said, ...calls];
}

function toToolUse(call: JsonObject, ids: CallIds): JsonObject {
  const called = asObject(call.function) ?? asObject(call.custom) ?? {};
  const input = toInput(called.arguments ?? called.input);
  const block = { type: "tool_use", id: ids.of(call.id), name: asText(called.name) ?? "", input };
  const mark = asObject(call.cache_control);
  return mark === undefined ? block : { ...block, cache_control: mark };
}

/**
 * Anthropic wants an object where OpenAI has its text. A call that its model got wrong stays in the conversation, in the wrapping
 * that Anthropic's documents give for it: the model must see what its tool complained of.
 *
 * @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/fine-grained-tool-streaming
 */
function toInput(value: unknown): JsonObject {
  if (value === undefined || value === null) return {};
  if (typeof value !== "string") return asObject(value) ?? { INVALID_JSON: JSON.stringify(value) };
  if (value.trim() === "") return {};
  return asObject(parseJson(value)) ?? { INVALID_JSON: value };
}

function toToolResult(message: ChatMessage, ids: CallIds): JsonObject {
  const { content } = message;
  const isPlain = typeof content === "string" && asObject(message.cache_control) === undefined;
  const blocks = toBlocks(message);
  const mark = blocks.findLast((block) => block.cache_control !== undefined)?.cache_control;
  const result: Record<string, unknown> = { type: "tool_result", tool_use_id: ids.of(message.tool_call_id, true) };
  if (blocks.length > 0) result.content = isPlain ? content : blocks.map(({ cache_control: _, ...block }) => block);
  if (typeof message.is_error === "boolean") result.is_error = message.is_error;
  if (mark !== undefined) result.cache_control = mark;
  return result;
}

/** The results of tools must come first in their turn. */
function resultsFirst(content: readonly JsonObject[]): JsonObject[] {
  const isResult = ({ type }: JsonObject) => type === "tool_result";
  return [...content.filter(isResult), ...content.filter((block) => !isResult(block))];
}

/** A beginning of the model's own message must not end in blanks. */
function trimEnd(turn: Turn | undefined): void {
  const block = turn?.content.at(-1);
  if (turn?.role !== "assistant" || block?.type !== "text") return;
  turn.content[turn.content.length - 1] = { ...block, text: String(block.text).trimEnd() };
}

/** Ids of calls, in the characters that Anthropic takes; OpenAI's former function calls have none, so they are counted. */
class CallIds {
  #count = 0;

  of(id: unknown, isResult = false): string {
    const own = asText(id)?.replace(/[^a-zA-Z0-9_-]/g, "_");
    if (own !== undefined) return own;
    if (!isResult) this.#count++;
    return `call_${this.#count}`;
  }
}
