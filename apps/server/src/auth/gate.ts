import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { Config } from "../config/mod.ts";
import type { KeyRing } from "../keys/key_ring.ts";
import type { RecordStorage } from "../storage/mod.ts";
import { createAuth } from "./auth.ts";
import { createAuthHandler } from "./auth_handler.ts";
import { createAuthenticator } from "./authenticate.ts";
import type { FirstRunSetup } from "./first_run_setup.ts";
import { createFirstRun } from "./first_run_setup.ts";
import type { Principal, UserRole } from "./principal.ts";
import { roleOf } from "./roles.ts";
import { SignInThrottle } from "./sign_in_throttle.ts";
import { Users } from "./users.ts";

/** Who is signed in, as the console's pages show it. */
export interface SignedInUser {
  id: string;
  name: string;
  email: string;
  role: UserRole;
}

/** Everything about who may come in. */
export interface AuthGate {
  firstRun: FirstRunSetup;
  users: Users;
  principalOf(headers: IncomingHttpHeaders): Promise<Principal | undefined>;
  /** The signed-in user of a page; `null` for nobody, and for programs. */
  userOf(headers: IncomingHttpHeaders): Promise<SignedInUser | null>;
  /** The door `/api/auth`. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

export interface AuthGateOptions {
  config: Pick<Config, "admin" | "apiKey">;
  /** Signs sessions: 43 characters of base64url. */
  secret: string;
  storage: Pick<RecordStorage, "kysely" | "dialect" | "inTurn">;
  keys: KeyRing;
}

/**
 * Opens the gate over the storage, and creates the administrator that the configuration names.
 *
 * @throws {FailureError} If that administrator's address or password can't be used.
 */
export async function openAuthGate({ config, secret, storage, keys }: AuthGateOptions): Promise<AuthGate> {
  const { kysely, dialect, inTurn } = storage;
  const auth = await createAuth({ kysely, dialect, inTurn, secret });
  const firstRun = createFirstRun({ auth, secret });
  if (config.admin !== undefined) {
    const { email, password, name } = config.admin;
    await firstRun.ensureAdministrator({ email, password: password.reveal(), name });
  }
  const { principalOf } = createAuthenticator({ auth, apiKey: config.apiKey?.reveal(), keys });
  const users = new Users({ auth, onDisabled: (owner, isDisabled) => keys.suspend(owner, isDisabled) });
  return {
    firstRun,
    users,
    principalOf,
    async userOf({ cookie }) {
      if (cookie === undefined) return null;
      const session = await auth.api.getSession({ headers: new Headers({ cookie }) });
      if (session === null) return null;
      const { id, name, email, role } = session.user;
      return { id, name, email, role: roleOf(role) };
    },
    handle: createAuthHandler(auth, new SignInThrottle({ secret })),
  };
}
