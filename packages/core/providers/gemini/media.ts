import type { JsonObject } from "../_json.ts";

const TYPES: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  webp: "image/webp",
  gif: "image/gif",
  heic: "image/heic",
  heif: "image/heif",
  pdf: "application/pdf",
  txt: "text/plain",
  md: "text/markdown",
  html: "text/html",
  csv: "text/csv",
  json: "application/json",
  mp3: "audio/mp3",
  wav: "audio/wav",
  aac: "audio/aac",
  aiff: "audio/aiff",
  flac: "audio/flac",
  m4a: "audio/m4a",
  ogg: "audio/ogg",
  mp4: "video/mp4",
  mpeg: "video/mpeg",
  mov: "video/quicktime",
  webm: "video/webm",
};

/** The type that a file name's ending tells. */
export function typeOfName(name: string): string | undefined {
  const ending = /\.([A-Za-z0-9]+)$/.exec(name)?.[1];
  return ending === undefined ? undefined : TYPES[ending.toLowerCase()];
}

/** A part with bytes in it. */
export function inlinePart(mimeType: string, data: string): JsonObject {
  return { inlineData: { mimeType, data } };
}

/**
 * The part of an address: bytes for `data:`, a reference for `https:`, `http:` and `gs:`; `undefined` for any other.
 *
 * @param otherwise The type where the address does not tell it; Vertex insists on one.
 */
export function partOfUrl(url: string, otherwise: string): JsonObject | undefined {
  if (/^data:/i.test(url)) return partOfDataUrl(url);
  if (!/^(https?|gs):\/\//i.test(url)) return undefined;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isVideo = /(^|\.)(youtube\.com|youtu\.be)$/.test(parsed?.hostname ?? "");
  const mimeType = isVideo ? "video/mp4" : (typeOfName(parsed?.pathname ?? "") ?? otherwise);
  return { fileData: { mimeType, fileUri: url } };
}

function partOfDataUrl(url: string): JsonObject | undefined {
  const comma = url.indexOf(",");
  if (comma === -1) return undefined;
  const [type = "", ...marks] = url.slice("data:".length, comma).split(";");
  const mimeType = type.trim().toLowerCase() || "text/plain";
  const text = url.slice(comma + 1);
  if (marks.some((mark) => mark.trim().toLowerCase() === "base64")) return inlinePart(mimeType, text.trim());
  try {
    const bytes = new TextEncoder().encode(decodeURIComponent(text));
    return inlinePart(mimeType, btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")));
  } catch {
    return undefined;
  }
}
