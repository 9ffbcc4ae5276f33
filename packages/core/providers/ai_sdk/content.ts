import { asArray, asObject, asText, type JsonObject } from "../_json.ts";
import type { ChatMessage } from "../chat_message.ts";
import { unsupported } from "../http/mod.ts";
import type { AiSdkVersion } from "./model.ts";

/** One piece of a message's content in the SDK's vocabulary. */
export type ContentPart =
  | { type: "text"; text: string }
  | { type: "file"; mediaType: string; data: unknown; filename?: string };

/** What a message says, as the SDK's pieces. Empty texts are left out: several providers refuse them. */
export function toContentParts(content: ChatMessage["content"], version: AiSdkVersion): ContentPart[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  const parts: ContentPart[] = [];
  for (const value of asArray(content)) {
    const item = asObject(value);
    if (item === undefined) continue;
    const text = textOfItem(item);
    if (text === undefined) parts.push(toFile(item, version));
    else if (text !== "") parts.push({ type: "text", text });
  }
  return parts;
}

/** All that a message says in words. */
export function toText(content: ChatMessage["content"]): string {
  if (typeof content === "string") return content;
  let text = "";
  for (const value of asArray(content)) text += textOfItem(asObject(value) ?? {}) ?? "";
  return text;
}

function textOfItem(item: JsonObject): string | undefined {
  switch (item.type) {
    case "text":
    case "input_text":
    case "output_text":
      return asText(item.text) ?? "";
    case "refusal":
      return asText(item.refusal) ?? "";
    default:
      return undefined;
  }
}

function toFile(item: JsonObject, version: AiSdkVersion): ContentPart {
  switch (item.type) {
    case "image_url":
    case "input_image": {
      const url = asText(asObject(item.image_url)?.url) ?? asText(item.image_url);
      if (url === undefined) break;
      return { type: "file", ...fileOf(url, "image/*", version) };
    }
    case "input_audio": {
      const { data, format } = asObject(item.input_audio) ?? {};
      const base64 = asText(data);
      if (base64 === undefined) break;
      return { type: "file", mediaType: `audio/${asText(format) ?? "wav"}`, data: inlineOf(base64, version) };
    }
    case "file":
    case "input_file": {
      const file = asObject(item.file) ?? item;
      const url = asText(file.file_data) ?? asText(file.file_url);
      if (url === undefined) break;
      const filename = asText(file.filename);
      return {
        type: "file",
        ...fileOf(url, "application/pdf", version),
        ...(filename !== undefined && { filename }),
      };
    }
  }
  throw unsupported(`content of type '${asText(item.type)?.slice(0, 50)}'`);
}

const DATA_URL = /^data:([^;,]*)(?:;[^;,]+)*;base64,/i;

function fileOf(url: string, mediaType: string, version: AiSdkVersion): { mediaType: string; data: unknown } {
  const inline = DATA_URL.exec(url);
  if (inline !== null) {
    return { mediaType: inline[1] || mediaType, data: inlineOf(url.slice(inline[0].length), version) };
  }
  if (URL.canParse(url)) {
    const address = new URL(url);
    return { mediaType, data: version === "v4" ? { type: "url", url: address } : address };
  }
  return { mediaType, data: inlineOf(url, version) };
}

/** Before its fourth version the specification had no word for what kind of data it is. */
function inlineOf(base64: string, version: AiSdkVersion): unknown {
  return version === "v4" ? { type: "data", data: base64 } : base64;
}
