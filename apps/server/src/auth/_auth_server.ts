import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { vi } from "vitest";
import { KeyRing } from "../keys/mod.ts";
import type { RecordStorage } from "../storage/mod.ts";
import { openStorage } from "../storage/mod.ts";
import type { Principal } from "./mod.ts";
import {
  createAuth,
  createAuthenticator,
  createAuthHandler,
  createFirstRun,
  readOrCreateAuthSecret,
  SignInThrottle,
  Users,
} from "./mod.ts";

// Passwords are really hashed here, slowly on purpose, several times a test and on machines with other work to do.
vi.setConfig({ testTimeout: 30_000 });

export const ADMIN = { email: "admin@example.com", password: "correct horse battery", name: "مدير" };

/** Whoever manages users in tests, where it matters to nobody who that is. */
export const MANAGER: Principal = { id: "key:bootstrap", kind: "key", role: "administrator", name: "Test" };

export interface AuthServerOptions {
  directory: string;
  /** By default the embedded one in the directory. */
  storage?: RecordStorage;
  apiKey?: string;
  /** What the server tells of its callers. */
  address?: string | (() => string);
  protocol?: "http" | "https";
  trustedOrigins?: string[];
  now?: () => number;
}

/** The sign-in on a real port over a real file, with the two headers that the server sets. */
export async function startAuthServer(options: AuthServerOptions) {
  const { directory, apiKey, address = "192.0.2.7", protocol = "http", trustedOrigins, now } = options;
  const storage: RecordStorage = options.storage ?? (await openStorage({ directory }));
  const secret = await readOrCreateAuthSecret(directory);
  const { kysely, dialect, inTurn } = storage;
  const auth = await createAuth({ kysely, dialect, inTurn, secret, trustedOrigins });
  const handler = createAuthHandler(auth, new SignInThrottle({ secret, ...(now && { now }) }));
  const keys = await KeyRing.open({ store: storage.apiKeys });
  const authenticator = createAuthenticator({ auth, apiKey, keys });
  const users = new Users({
    auth,
    onDisabled: (owner, isDisabled) => keys.suspend(owner, isDisabled),
    ...(now && { now }),
  });
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    request.headers["x-cf-address"] = typeof address === "string" ? address : address();
    request.headers["x-cf-proto"] = protocol;
    if (request.url?.startsWith("/api/auth/")) return handler(request, response);
    response.end(JSON.stringify((await authenticator.principalOf(request.headers)) ?? null));
  };
  const server = createServer((request, response) => {
    serve(request, response).catch((error: Error) => response.destroy(error));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    origin,
    auth,
    authenticator,
    storage,
    keys,
    users,
    firstRun: createFirstRun(now === undefined ? { auth } : { auth, now }),
    post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
      return fetch(`${origin}/api/auth${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", origin, ...headers },
        body: JSON.stringify(body),
      });
    },
    signIn(headers: Record<string, string> = {}, password = ADMIN.password): Promise<Response> {
      return this.post("/sign-in/email", { email: ADMIN.email, password }, headers);
    },
    async whoIs(headers: Record<string, string>): Promise<unknown> {
      return (await fetch(origin, { headers })).json();
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await keys.close();
      await storage.close();
    },
  };
}

/** The session cookie as a browser would send it back. */
export function cookieOf(response: Response): string {
  return response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}
