import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { KeyRing } from "../keys/key_ring.ts";
import type { Auth } from "./auth.ts";
import { COOKIE_PREFIX } from "./auth_options.ts";
import type { Principal } from "./principal.ts";
import { roleOf } from "./roles.ts";

export interface AuthenticatorOptions {
  auth: Auth;
  /** `COGNIFORGE_API_KEY`. */
  apiKey?: string | undefined;
  /** The keys of programs; absent: there are none. */
  keys?: KeyRing | undefined;
}

/** Tells who is asking. */
export interface Authenticator {
  /**
   * `undefined` for nobody: without credentials, and with wrong ones.
   *
   * @throws {FailureError} `key-expired` or `key-revoked` for a key that was right once.
   */
  principalOf(headers: IncomingHttpHeaders | Headers): Promise<Principal | undefined>;
}

const BOOTSTRAP: Principal = {
  id: "key:bootstrap",
  kind: "key",
  role: "administrator",
  name: "COGNIFORGE_API_KEY",
};

const SESSION_COOKIE = new RegExp(`(?:^|;)\\s*${COOKIE_PREFIX}\\.session_token=([^;]+)`);

/** Reads `Authorization: Bearer KEY`, else the session cookie; a key that is wrong does not fall back to the cookie. */
export function createAuthenticator({ auth, apiKey, keys }: AuthenticatorOptions): Authenticator {
  const expected = apiKey ? digestOf(apiKey) : undefined;
  return {
    async principalOf(headers) {
      const authorization = headerOf(headers, "authorization");
      if (authorization !== undefined) {
        const key = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
        if (key === undefined) return undefined;
        // Of digests, since the comparison wants equal lengths and must not tell the key's.
        if (expected !== undefined && timingSafeEqual(digestOf(key), expected)) return BOOTSTRAP;
        return keys?.check(key);
      }
      const cookie = SESSION_COOKIE.exec(headerOf(headers, "cookie") ?? "")?.[1];
      if (cookie === undefined) return undefined;
      return auth.sessions.principalOf(cookie, () => readSession(auth, cookie));
    },
  };
}

async function readSession(auth: Auth, cookie: string): Promise<Principal | undefined> {
  const headers = new Headers({ cookie: `${COOKIE_PREFIX}.session_token=${cookie}` });
  // Not prolonged here: only the door `/api/auth/get-session` can send the browser the cookie that goes with it.
  const session = await auth.api.getSession({ headers, query: { disableRefresh: true } });
  if (session === null) return undefined;
  const { id, name, email, role } = session.user;
  return { id: `user:${id}`, kind: "user", role: roleOf(role), name: name || email };
}

function headerOf(headers: IncomingHttpHeaders | Headers, name: "authorization" | "cookie"): string | undefined {
  return headers instanceof Headers ? (headers.get(name) ?? undefined) : headers[name];
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
