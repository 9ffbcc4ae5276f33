import { asObject, asText, type JsonObject } from "../_json.ts";
import type { ChatMessage } from "../chat_message.ts";
import { unsupported } from "../http/mod.ts";

type Content = ChatMessage["content"];

/** The content as one text; `undefined` if it holds anything else. */
export function textOf(content: Content): string | undefined {
  if (typeof content === "string") return content;
  const texts = (content ?? []).map((part) => (part.type === "text" ? (asText(part.text) ?? "") : undefined));
  return texts.includes(undefined) ? undefined : texts.join("\n");
}

/** Content that is said to the model. */
export function toInputContent(content: Content): JsonObject[] {
  if (typeof content === "string") return [{ type: "input_text", text: content }];
  return (content ?? []).map((part) => {
    switch (part.type) {
      case "text":
        return { type: "input_text", text: asText(part.text) ?? "" };
      case "image_url":
        return toImage(part.image_url);
      case "file":
        return { type: "input_file", ...asObject(part.file) };
      case "input_text":
      case "input_image":
      case "input_file":
        return part;
      default:
        throw unsupported(`content of type '${part.type.slice(0, 50)}'`);
    }
  });
}

/** Content that the model has said; empty where it said nothing. */
export function toOutputContent(content: Content, refusal: string | undefined): JsonObject[] {
  const parts = typeof content === "string" ? [{ type: "text", text: content }] : (content ?? []);
  const translated: JsonObject[] = [];
  for (const part of parts) {
    const text = asText(part.text);
    const declined = asText(part.refusal);
    if (part.type === "text" || part.type === "output_text") {
      if (text !== undefined) translated.push({ type: "output_text", text });
    } else if (part.type === "refusal") {
      if (declined !== undefined) translated.push({ type: "refusal", refusal: declined });
    } else throw unsupported(`an assistant's content of type '${part.type.slice(0, 50)}'`);
  }
  if (refusal !== undefined) translated.push({ type: "refusal", refusal });
  return translated;
}

/** The address stands in the part itself; OpenAI demands the detail, and calls the default `auto`. */
function toImage(image: unknown): JsonObject {
  const { url, ...rest } = asObject(image) ?? { url: image };
  return { type: "input_image", detail: "auto", ...rest, image_url: url };
}
