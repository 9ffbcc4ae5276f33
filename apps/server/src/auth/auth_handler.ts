import type { IncomingMessage, ServerResponse } from "node:http";
import type { FailureInfo } from "@cogniforge/core/events";
import type { FailureCode } from "@cogniforge/core/failures";
import { failureInfo, httpStatusOf } from "@cogniforge/core/failures";
import { toNodeHandler } from "better-auth/node";
import { FailureError } from "../failure_error.ts";
import { mediaType, parseJsonObject, readBody } from "../http/body.ts";
import { refusePlainly } from "../http/serve.ts";
import type { Auth } from "./auth.ts";
import { COOKIE_PREFIX, PROTOCOL_HEADER } from "./auth_options.ts";
import type { SignInThrottle } from "./sign_in_throttle.ts";

const SIGN_IN = "sign-in/email";

/**
 * What the console needs of the library over HTTP. Users are managed through the door of tRPC, which knows our rules: the library
 * would let the last administrator be demoted, and a weak password be set.
 */
const OPEN_PATHS = new Set([SIGN_IN, "sign-out", "get-session"]);

const BASE_PATH = "/api/auth/";

/** An address and a password are short; the library itself would read without end. */
const MAX_BODY_BYTES = 16 * 1024;

/** Keeps the mark of a device that signed in; it opens nothing. */
const DEVICE_COOKIE = `${COOKIE_PREFIX}.device`;
const DEVICE_SECONDS = 365 * 86_400;
const DEVICE_PATTERN = new RegExp(`(?:^|;)\\s*${DEVICE_COOKIE.replace(".", "\\.")}=([\\w.-]{1,200})`);

/** The door `/api/auth/*`. The server sets `x-cf-address` and `x-cf-proto` on every request before it calls this. */
export function createAuthHandler(
  auth: Auth,
  throttle: SignInThrottle,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const handle = toNodeHandler(async (request: Request) => {
    const path = new URL(request.url).pathname.slice(BASE_PATH.length);
    if (!OPEN_PATHS.has(path)) return refuse("not-found");
    const isSignIn = path === SIGN_IN && request.method === "POST";
    const response = isSignIn ? await signIn(auth, throttle, request) : await auth.handler(request);
    if (request.headers.get(PROTOCOL_HEADER) === "https") secureCookies(response.headers);
    return response.ok || response.status < 400 ? response : explain(response);
  });
  return async (request, response) => {
    try {
      // What the library finds here it does not read itself.
      const body = await readBody(request, MAX_BODY_BYTES);
      if (body.length > 0) Object.assign(request, { body: checkedBody(request, body) });
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      request.resume();
      return refusePlainly(response, error);
    }
    await handle(request, response);
  };
}

/** @throws {FailureError} `unsupported-media-type` or `invalid-json`. */
function checkedBody(request: IncomingMessage, body: Buffer): string {
  if (mediaType(request) !== "application/json") throw new FailureError("unsupported-media-type");
  parseJsonObject(body);
  return body.toString("utf8");
}

async function signIn(auth: Auth, throttle: SignInThrottle, request: Request): Promise<Response> {
  const { email } = (await request
    .clone()
    .json()
    .catch(() => ({}))) as { email?: unknown };
  // The library says what is wrong with an address that is none.
  if (typeof email !== "string") return auth.handler(request);
  const device = DEVICE_PATTERN.exec(request.headers.get("cookie") ?? "")?.[1];
  const begun = throttle.begin(email, device);
  if (typeof begun === "number") return refuse("too-many-requests", begun);
  const response = await auth.handler(request);
  if (!response.ok) return response;
  begun.succeeded();
  const attributes = `Max-Age=${DEVICE_SECONDS}; Path=/api/auth; HttpOnly; SameSite=Lax`;
  response.headers.append("set-cookie", `${DEVICE_COOKIE}=${throttle.mark(email)}; ${attributes}`);
  return response;
}

function refuse(code: FailureCode, retryAfterMs?: number): Response {
  const retryAfter = retryAfterMs === undefined ? {} : { "x-retry-after": String(Math.ceil(retryAfterMs / 1000)) };
  const failure = failureInfo(code, { retryAfterMs });
  return Response.json({ failure }, { status: httpStatusOf(code), headers: retryAfter });
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
