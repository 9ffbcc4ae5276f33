import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import type { RecordStorage } from "../storage/mod.ts";
import { type AuthOptionsInput, authOptions } from "./auth_options.ts";
import { SessionCache, type SessionCacheOptions } from "./session_cache.ts";

export interface CreateAuthOptions extends Omit<AuthOptionsInput, "onSessionChange"> {
  /** Does pieces of work one after the other, for all who share the storage. */
  inTurn: RecordStorage["inTurn"];
  sessionCache?: SessionCacheOptions;
}

/** Sign-in by e-mail and password, with sessions and users in the storage. Its own tables are brought up to date here. */
export async function createAuth({ sessionCache, inTurn, ...input }: CreateAuthOptions) {
  const sessions = new SessionCache(sessionCache);
  const options = authOptions({ ...input, onSessionChange: () => sessions.clear() });
  // Of several servers that start at once the first makes the tables, and the others find them.
  await inTurn(async () => {
    const { runMigrations } = await getMigrations(options);
    await runMigrations();
  });
  const { api, handler, $context } = betterAuth(options);
  return { api, handler, context: await $context, sessions, inTurn };
}

export type Auth = Awaited<ReturnType<typeof createAuth>>;
