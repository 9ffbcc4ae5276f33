import type { RequestEvent } from "@sveltejs/kit";
import { dev } from "$app/env";

/** Who is signed in to the console. */
export interface ConsoleUser {
  id: string;
  name: string;
  email: string;
  role: string;
}

/** What the pages' server side asks about a request; nothing here opens the database. */
export interface ConsoleSession {
  user(): Promise<ConsoleUser | null>;
  hasAdministrator(): Promise<boolean>;
}

/**
 * The session of a request: from the server in whose process the pages run, or, in development, over HTTP from the server that
 * Vite proxies to.
 */
export function consoleSession(event: RequestEvent): ConsoleSession {
  const request = (event.platform as { req?: { cf?: ConsoleSession } } | undefined)?.req;
  if (request?.cf) return request.cf;
  if (dev) return developmentSession(event);
  throw new TypeError("Cannot tell who is signed in as the server that runs the pages set no session on the request");
}

function developmentSession(event: RequestEvent): ConsoleSession {
  const server = process.env.COGNIFORGE_DEV_SERVER ?? "http://127.0.0.1:4100";
  const read = async (path: string): Promise<unknown> => {
    const headers = { cookie: event.request.headers.get("cookie") ?? "" };
    const response = await fetch(new URL(path, server), { headers });
    return response.json();
  };
  return {
    async user() {
      const reply = (await read("/api/auth/get-session")) as { user?: ConsoleUser } | null;
      return reply?.user ?? null;
    },
    async hasAdministrator() {
      const reply = (await read("/trpc/system.status")) as { result?: { data?: { hasAdministrator?: boolean } } };
      return reply.result?.data?.hasAdministrator ?? true;
    },
  };
}
