import type { DocumentBlock, ImageBlock, TextBlock, ToolResultBlock } from "./blocks.ts";

/** A part of a message's content in the chat vocabulary. */
export type ContentPart = { type: string; [field: string]: unknown };

/** What a user's message or a tool's result may show. */
export type ShownBlock = TextBlock | ImageBlock | DocumentBlock;

/** A message's content: as one text where that says it all. */
export function contentOf(blocks: readonly ShownBlock[]): string | ContentPart[] {
  const [first, ...others] = blocks;
  if (first?.type === "text" && others.length === 0 && !first.cache_control) return first.text;
  return blocks.flatMap(partsOf);
}

/** A tool's result; a mark for the cache stands on its last part, where the chat vocabulary has it. */
export function resultContentOf({ content, cache_control }: ToolResultBlock): string | ContentPart[] {
  const blocks: readonly ShownBlock[] =
    typeof content === "string" ? [{ type: "text", text: content }] : (content ?? []);
  if (!cache_control) return blocks.length === 0 ? "" : contentOf(blocks);
  const parts = blocks.length === 0 ? [{ type: "text", text: "" }] : blocks.flatMap(partsOf);
  return parts.map((part, index) => (index === parts.length - 1 ? { ...part, cache_control } : part));
}

function partsOf(block: ShownBlock): ContentPart[] {
  const mark = block.cache_control ? { cache_control: block.cache_control } : {};
  switch (block.type) {
    case "text":
      return [{ type: "text", text: block.text, ...mark }];
    case "image": {
      const { source } = block;
      const url = source.type === "url" ? source.url : dataUrl(source.media_type, source.data);
      return [{ type: "image_url", image_url: { url }, ...mark }];
    }
    case "document": {
      // The model reads the context before the document, and has no other place for it in this vocabulary.
      const context = block.context ? [{ type: "text", text: block.context }] : [];
      return [...context, { type: "file", file: fileOf(block), ...mark }];
    }
    default:
      return block satisfies never;
  }
}

/** A document as a file; OpenAI insists on a name where there is data. */
function fileOf({ source, title }: DocumentBlock): Record<string, unknown> {
  switch (source.type) {
    case "url":
      return { ...(title && { filename: title }), file_data: source.url };
    case "base64":
      return { filename: title || "document.pdf", file_data: dataUrl(source.media_type, source.data) };
    case "text": {
      const base64 = Buffer.from(source.data, "utf8").toString("base64");
      return { filename: title || "document.txt", file_data: dataUrl(source.media_type, base64) };
    }
    default:
      return source satisfies never;
  }
}

function dataUrl(mediaType: string, base64: string): string {
  return `data:${mediaType};base64,${base64}`;
}
