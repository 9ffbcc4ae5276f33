import { asArray, asObject, asText, type JsonObject } from "../_json.ts";
import { inlinePart, partOfUrl, typeOfName } from "./media.ts";
import { unsupported } from "./unsupported.ts";

/**
 * The content of a message as Gemini's parts. Empty texts, which it refuses, are left out.
 *
 * @throws {UpstreamError} If a part cannot be said to Gemini.
 */
export function toParts(content: unknown): JsonObject[] {
  if (typeof content === "string") return content === "" ? [] : [{ text: content }];
  return asArray(content).flatMap((value) => {
    const part = asObject(value);
    return part === undefined ? [] : toPart(part);
  });
}

/** The texts of a content, one after another. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  let text = "";
  for (const value of asArray(content)) text += asText(asObject(value)?.text) ?? "";
  return text;
}

function toPart(part: JsonObject): JsonObject[] {
  const { type } = part;
  switch (type) {
    case "text":
    case "input_text":
    case "output_text":
    case "refusal": {
      const text = asText(part.text) ?? asText(part.refusal);
      return text === undefined ? [] : [{ text }];
    }
    case "image_url":
      return [fromUrl(part.image_url, "image", "image/jpeg")];
    case "video_url":
      return [fromUrl(part.video_url, "video", "video/mp4")];
    case "input_audio":
      return [fromAudio(part.input_audio)];
    case "file":
      return [fromFile(asObject(part.file) ?? {})];
    default:
      throw unsupported(`Content of the type '${String(type).slice(0, 40)}'`);
  }
}

/** `{ url }`, or the address itself, which some callers write. */
function fromUrl(value: unknown, kind: string, otherwise: string): JsonObject {
  const part = partOfUrl(asText(value) ?? asText(asObject(value)?.url) ?? "", otherwise);
  if (part === undefined) throw unsupported(`An address of this kind for content of the type '${kind}'`);
  return part;
}

function fromAudio(value: unknown): JsonObject {
  const audio = asObject(value);
  const data = asText(audio?.data);
  if (data === undefined) throw unsupported("Audio without data");
  const part = /^data:/i.test(data) ? partOfUrl(data, "audio/wav") : undefined;
  return part ?? inlinePart(`audio/${asText(audio?.format) ?? "wav"}`, data);
}

/** Bytes as a data URL or bare base64, an address, or the name of a file that was uploaded to Google. */
function fromFile(file: JsonObject): JsonObject {
  const byName = typeOfName(asText(file.filename) ?? "") ?? "application/pdf";
  const data = asText(file.file_data) ?? asText(file.file_url);
  if (data !== undefined) {
    const part = partOfUrl(data, byName);
    if (part !== undefined) return part;
    if (/^[\w+/=\s-]+$/.test(data)) return inlinePart(byName, data);
    throw unsupported("A file of this form");
  }
  const id = asText(file.file_id) ?? "";
  const uri = id.startsWith("files/") ? `https://generativelanguage.googleapis.com/v1beta/${id}` : id;
  if (!/^(https|gs):\/\//.test(uri)) throw unsupported("A file that was uploaded to another provider");
  return { fileData: { mimeType: asText(file.mime_type) ?? byName, fileUri: uri } };
}
