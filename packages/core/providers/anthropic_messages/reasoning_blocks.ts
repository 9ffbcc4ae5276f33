import { asArray, asObject, asText, type JsonObject } from "../_json.ts";
import type { ChatMessage } from "../chat_message.ts";

/** The name under which OpenRouter keeps Anthropic's signed reasoning apart from that of other makers. */
const FORMAT = "anthropic-claude-v1";

/** A block of reasoning, while it is read. */
export interface ReasoningDraft {
  thinking: string;
  signature: string;
  /** The encrypted reasoning of a redacted block. */
  data: string;
}

/** What the model wants back in the next turn, as OpenRouter writes it: the blocks that are signed or encrypted. */
export function toReasoningDetails(drafts: Iterable<ReasoningDraft>): JsonObject[] {
  const details: JsonObject[] = [];
  for (const { thinking, signature, data } of drafts) {
    const common = { format: FORMAT, index: details.length };
    if (data !== "") details.push({ type: "reasoning.encrypted", data, ...common });
    else if (signature !== "") details.push({ type: "reasoning.text", text: thinking, signature, ...common });
  }
  return details;
}

/**
 * The blocks of reasoning that an assistant's message gives back, in `reasoning_details` or (as LiteLLM does) in `thinking_blocks`.
 *
 * Reasoning without a signature, and what another maker's model has signed, would be refused: it is left out, since a model
 * answers without it too.
 */
export function toThinkingBlocks(message: ChatMessage): JsonObject[] {
  const given = asArray(message.thinking_blocks).map(asObject).filter(isThinkingBlock);
  if (given.length > 0) return given.map(toOwnFields);
  const blocks: JsonObject[] = [];
  for (const value of asArray(message.reasoning_details)) {
    const detail = asObject(value);
    const format = asText(detail?.format);
    if (detail === undefined || (format !== undefined && format !== FORMAT)) continue;
    const data = asText(detail.data);
    const signature = asText(detail.signature);
    if (detail.type === "reasoning.encrypted" && data !== undefined) blocks.push({ type: "redacted_thinking", data });
    else if (detail.type === "reasoning.text" && signature !== undefined) {
      blocks.push({ type: "thinking", thinking: asText(detail.text) ?? "", signature });
    }
  }
  return blocks;
}

/** Whether a block of content is reasoning that Anthropic's API takes back. */
export function isThinkingBlock(block: JsonObject | undefined): block is JsonObject {
  if (block?.type === "redacted_thinking") return asText(block.data) !== undefined;
  return block?.type === "thinking" && asText(block.signature) !== undefined;
}

/** Fields that others have added to a block would be refused. */
function toOwnFields({ type, thinking, signature, data }: JsonObject): JsonObject {
  return type === "thinking" ? { type, thinking: asText(thinking) ?? "", signature } : { type, data };
}
