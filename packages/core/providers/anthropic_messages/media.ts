import { asObject, asText, type JsonObject } from "../_json.ts";
import { unsupported } from "../http/mod.ts";

/** What a data URL holds, its media type in lower case. */
interface Data {
  mediaType: string;
  base64: string;
}

const IMAGE_TYPES = new Set(["image/jpeg", "image/png", "image/gif", "image/webp"]);

/**
 * OpenAI's `image_url`, as a block.
 *
 * @throws {UpstreamError} If it is no image that this dialect takes.
 */
export function toImageBlock(value: unknown): JsonObject {
  const url = asText(value) ?? asText(asObject(value)?.url) ?? "";
  if (/^https?:/i.test(url)) return { type: "image", source: { type: "url", url } };
  const data = parseDataUrl(url);
  if (data === undefined) throw unsupported("images other than by an http address or as base64 in a data URL");
  return toBlock(data, undefined);
}

/**
 * OpenAI's `file`, as a block: a PDF, a plain text or an image.
 *
 * @throws {UpstreamError} If it is nothing that this dialect takes.
 */
export function toFileBlock(value: unknown): JsonObject {
  const file = asObject(value);
  const title = asText(file?.filename);
  const content = asText(file?.file_data);
  // An id names a file in the store of another provider.
  if (content === undefined) throw unsupported("files by their id: send them as base64 in a data URL");
  if (/^https?:/i.test(content)) return withTitle({ type: "document", source: { type: "url", url: content } }, title);
  const data = parseDataUrl(content) ?? { mediaType: mediaTypeOf(title), base64: content };
  return toBlock(data, title);
}

function toBlock({ mediaType, base64 }: Data, title: string | undefined): JsonObject {
  if (mediaType === "application/pdf") {
    return withTitle({ type: "document", source: { type: "base64", media_type: mediaType, data: base64 } }, title);
  }
  if (mediaType.startsWith("text/") || mediaType === "application/json") {
    const source = { type: "text", media_type: "text/plain", data: decodeText(base64) };
    return withTitle({ type: "document", source }, title);
  }
  if (!IMAGE_TYPES.has(mediaType)) throw unsupported(`content of the media type '${mediaType.slice(0, 50)}'`);
  return { type: "image", source: { type: "base64", media_type: mediaType, data: base64 } };
}

function withTitle(block: JsonObject, title: string | undefined): JsonObject {
  return title === undefined ? block : { ...block, title };
}

function parseDataUrl(url: string): Data | undefined {
  const found = /^data:([^;,]*)(?:;[^;,]*)*?;base64,/i.exec(url);
  if (found === null) return undefined;
  const mediaType = (found[1] ?? "").trim().toLowerCase();
  return { mediaType: mediaType === "image/jpg" ? "image/jpeg" : mediaType, base64: url.slice(found[0].length) };
}

function mediaTypeOf(name: string | undefined): string {
  return name === undefined || /\.pdf$/i.test(name) ? "application/pdf" : "of an unknown file";
}

function decodeText(base64: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
  } catch {
    throw unsupported("a text file that is no base64");
  }
}
