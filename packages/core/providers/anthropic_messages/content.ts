import { asObject, asText, type JsonObject } from "../_json.ts";
import type { ChatMessage } from "../chat_message.ts";
import { unsupported } from "../http/mod.ts";
import { toFileBlock, toImageBlock } from "./media.ts";

/** Types of OpenAI's vocabulary that have no counterpart. */
const LACKING = new Set(["input_audio", "audio", "audio_url", "video_url", "input_video", "video"]);

/**
 * Translates a message's content into blocks; `cache_control` is kept, blank text is left out, since the API refuses it.
 *
 * @throws {UpstreamError} If it holds something that this dialect lacks.
 */
export function toBlocks({ content, cache_control }: ChatMessage): JsonObject[] {
  // Some clients set the mark on the message.
  const mark = asObject(cache_control);
  if (typeof content === "string") return [...textBlocks(content, mark)];
  const blocks = (content ?? []).flatMap(toBlock);
  const last = blocks.at(-1);
  if (mark !== undefined && last !== undefined) blocks[blocks.length - 1] = { cache_control: mark, ...last };
  return blocks;
}

function toBlock(part: JsonObject): readonly JsonObject[] {
  const mark = asObject(part.cache_control);
  const marked = (block: JsonObject) => [mark === undefined ? block : { ...block, cache_control: mark }];
  switch (part.type) {
    case "text":
    case "input_text":
    case "output_text":
      return textBlocks(asText(part.text) ?? "", mark, part.citations);
    case "refusal":
      return textBlocks(asText(part.refusal) ?? "", mark);
    case "image_url":
      return marked(toImageBlock(part.image_url));
    case "file":
      // Anthropic's own blocks of other types pass below as they stand.
      return marked(toFileBlock(part.file));
  }
  if (LACKING.has(String(part.type))) throw unsupported(`content of type '${String(part.type)}'`);
  return [part];
}

function textBlocks(text: string, mark: JsonObject | undefined, citations?: unknown): readonly JsonObject[] {
  if (text.trim() === "") return [];
  const block: Record<string, unknown> = { type: "text", text };
  if (mark !== undefined) block.cache_control = mark;
  if (Array.isArray(citations) && citations.length > 0) block.citations = citations;
  return [block];
}
