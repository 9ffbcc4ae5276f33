import type { IncomingMessage } from "node:http";
import { FailureError } from "../failure_error.ts";
import { checkDepth } from "./json_depth.ts";

const ceilings = new WeakMap<IncomingMessage, number>();

/** Bounds a request's body, whatever larger one its door would take. */
export function limitBody(request: IncomingMessage, bytes: number): void {
  ceilings.set(request, bytes);
}

/**
 * Reads a request's body, at most `limit` bytes.
 *
 * @throws {FailureError} `body-too-large`, as soon as that is known.
 */
export async function readBody(request: IncomingMessage, doorLimit: number): Promise<Buffer> {
  const limit = Math.min(doorLimit, ceilings.get(request) ?? doorLimit);
  if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLarge(limit);
  const chunks: Buffer[] = [];
  let size = 0;
  // Not destroyed when it is too large: that would cut the connection before the caller has read why.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * Reads a JSON object.
 *
 * @throws {FailureError} `unsupported-media-type`, `body-too-large` or `invalid-json`.
 */
export async function readJsonObject(request: IncomingMessage, limit: number): Promise<Record<string, unknown>> {
  const type = mediaType(request);
  if (type !== undefined && type !== "application/json" && !type.endsWith("+json")) {
    throw new FailureError("unsupported-media-type");
  }
  return parseJsonObject(await readBody(request, limit));
}

/** @throws {FailureError} `invalid-json`. */
export function parseJsonObject(body: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (cause) {
    throw new FailureError("invalid-json", { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new FailureError("invalid-json");
  checkDepth(value);
  return value as Record<string, unknown>;
}

/** The media type without its parameters, in lower case. */
export function mediaType(request: IncomingMessage): string | undefined {
  return request.headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
}

/**
 * Refuses a body that is compressed: what a few bytes unfold to is known only when it is too late.
 *
 * @throws {FailureError} `unsupported-media-type`.
 */
export function checkEncoding({ headers }: IncomingMessage): void {
  const encoding = headers["content-encoding"]?.trim().toLowerCase();
  if (!encoding || encoding === "identity") return;
  throw new FailureError("unsupported-media-type", {
    detail: {
      en: "Send the body as it is, without 'Content-Encoding'",
      ar: "أرسل المحتوى كما هو، بلا ترويسة 'Content-Encoding'",
    },
  });
}

function tooLarge(limit: number): FailureError {
  return new FailureError("body-too-large", {
    detail: { en: `At most ${limit} bytes are taken`, ar: `الحد الأقصى بالبايت: ${limit}` },
  });
}
