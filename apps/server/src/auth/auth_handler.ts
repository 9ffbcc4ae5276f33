import type { IncomingMessage, ServerResponse } from "node:http";
import type { FailureInfo } from "@cogniforge/core/events";
import type { FailureCode } from "@cogniforge/core/failures";
import { failureInfo, httpStatusOf } from "@cogniforge/core/failures";
import { toNodeHandler } from "better-auth/node";
import type { Auth } from "./auth.ts";
import { PROTOCOL_HEADER } from "./auth_options.ts";

/**
 * What the console needs of the library over HTTP. Users are managed through the door of tRPC, which knows our rules: the library
 * would let the last administrator be demoted, and a weak password be set.
 */
const OPEN_PATHS = new Set(["sign-in/email", "sign-out", "get-session"]);

const BASE_PATH = "/api/auth/";

/** The door `/api/auth/*`. The server sets `x-cf-address` and `x-cf-proto` on every request before it calls this. */
export function createAuthHandler(auth: Auth): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return toNodeHandler(async (request: Request) => {
    const path = new URL(request.url).pathname.slice(BASE_PATH.length);
    if (!OPEN_PATHS.has(path)) return refuse("not-found");
    const response = await auth.handler(request);
    if (request.headers.get(PROTOCOL_HEADER) === "https") secureCookies(response.headers);
    return response.ok || response.status < 400 ? response : explain(response);
  });
}

function refuse(code: FailureCode): Response {
  return Response.json({ failure: failureInfo(code) }, { status: httpStatusOf(code) });
}

function secureCookies(headers: Headers): void {
  const cookies = headers.getSetCookie();
  headers.delete("set-cookie");
  for (const cookie of cookies) headers.append("set-cookie", `${cookie}; Secure`);
}

/** The library's own refusal, kept for its client, with our bilingual `failure` beside it. */
async function explain(response: Response): Promise<Response> {
  const body: unknown = await response.json().catch(() => undefined);
  const fields = typeof body === "object" && body !== null ? body : {};
  const retryAfterSeconds = Number(response.headers.get("x-retry-after") ?? Number.NaN);
  const failure = failureOf(response.status, (fields as { code?: unknown }).code, retryAfterSeconds);
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  headers.set("content-type", "application/json");
  if (Number.isFinite(retryAfterSeconds)) headers.set("retry-after", String(Math.max(1, retryAfterSeconds)));
  return new Response(JSON.stringify({ ...fields, failure }), { status: response.status, headers });
}

function failureOf(status: number, code: unknown, retryAfterSeconds: number): FailureInfo {
  if (code === "INVALID_EMAIL_OR_PASSWORD") return failureInfo("invalid-sign-in-code");
  switch (status) {
    case 401:
      return failureInfo("unauthenticated");
    case 403:
      return failureInfo(/ORIGIN|CROSS_SITE/.test(String(code)) ? "cross-origin" : "forbidden");
    case 404:
      return failureInfo("not-found");
    case 415:
      return failureInfo("unsupported-media-type");
    case 429:
      return failureInfo("too-many-requests", { retryAfterMs: retryAfterSeconds * 1000 });
    default:
      return failureInfo(status < 500 ? "invalid-input" : "internal");
  }
}
