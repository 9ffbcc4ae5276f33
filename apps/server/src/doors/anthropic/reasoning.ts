import { FailureError } from "../../failure_error.ts";
import type { RedactedThinkingBlock, ThinkingBlock } from "./blocks.ts";

/** What a provider wants back of its reasoning, in the form of OpenRouter's `reasoning_details`. */
export type ReasoningDetail = Readonly<Record<string, unknown>>;

/** The name under which OpenRouter keeps Anthropic's reasoning apart from that of other makers. */
const FORMAT = "anthropic-claude-v1";

/**
 * Marks a signature, or encrypted data, as ours: what Anthropic's blocks have no place for (another maker's reasoning, or a
 * signature that came when its text had been sent) is in it as JSON. To a client both are opaque, and come back as they were.
 */
const ENVELOPE = "cogniforge.v1.";

/** Anthropic's own blocks for what is wanted back; `undefined` if they can't hold it. */
export function toThinkingBlocks(
  details: readonly ReasoningDetail[],
): (ThinkingBlock | RedactedThinkingBlock)[] | undefined {
  const blocks: (ThinkingBlock | RedactedThinkingBlock)[] = [];
  for (const { type, format = FORMAT, text = "", signature, data } of details) {
    if (format !== FORMAT && format !== null) return undefined;
    if (type === "reasoning.text" && typeof text === "string" && typeof signature === "string" && signature !== "") {
      blocks.push({ type: "thinking", thinking: text, signature });
    } else if (type === "reasoning.encrypted" && typeof data === "string" && data !== "") {
      blocks.push({ type: "redacted_thinking", data });
    } else return undefined;
  }
  return blocks;
}

/** Puts it where a signature, or encrypted data, stands. */
export function toEnvelope(details: readonly ReasoningDetail[]): string {
  return ENVELOPE + Buffer.from(JSON.stringify(details), "utf8").toString("base64url");
}

/**
 * Reads back what an assistant's message holds of its reasoning: `reasoning_details` where anything is signed or encrypted, and
 * else the bare text, which some makers want back too.
 *
 * @throws {FailureError} `invalid-input` if an envelope of ours was damaged.
 */
export function fromThinkingBlocks(
  blocks: readonly (ThinkingBlock | RedactedThinkingBlock)[],
  param: string,
): Record<string, unknown> {
  const details: ReasoningDetail[] = [];
  let bare = "";
  for (const block of blocks) {
    const sealed = block.type === "thinking" ? block.signature : block.data;
    if (!sealed) bare += block.type === "thinking" ? block.thinking : "";
    else if (sealed.startsWith(ENVELOPE)) details.push(...openEnvelope(sealed, param));
    else if (block.type === "thinking") {
      details.push({ type: "reasoning.text", text: block.thinking, signature: sealed, ...placed(details) });
    } else details.push({ type: "reasoning.encrypted", data: sealed, ...placed(details) });
  }
  if (details.length > 0) return { reasoning_details: details };
  return bare === "" ? {} : { reasoning_content: bare };
}

function placed(details: readonly ReasoningDetail[]): ReasoningDetail {
  return { format: FORMAT, index: details.length };
}

function openEnvelope(sealed: string, param: string): ReasoningDetail[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(sealed.slice(ENVELOPE.length), "base64url").toString("utf8"));
    if (Array.isArray(value) && value.every((one) => typeof one === "object" && one !== null)) return value;
  } catch {
    // Refused below.
  }
  throw new FailureError("invalid-input", {
    param,
    detail: { en: "A signature of ours was changed: send it as it came", ar: "تغيّر توقيع منّا: أرسله كما وصل" },
  });
}
