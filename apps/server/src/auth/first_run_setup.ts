import { FailureError } from "../failure_error.ts";
import type { Auth } from "./auth.ts";
import { createUser } from "./create_user.ts";
import type { FirstRun } from "./first_run.ts";
import { OneTimeCode } from "./one_time_code.ts";

/** Who the first administrator shall be. */
export interface NewAdministrator {
  email: string;
  password: string;
  /** For people to read; the address's first part if it is empty. */
  name?: string | undefined;
}

/** The first run on our own sign-in. */
export interface FirstRunSetup extends FirstRun {
  /** The code to print, while no administrator exists. */
  code(): Promise<string | undefined>;
  /**
   * Creates the administrator of `ADMIN_EMAIL` and `ADMIN_PASSWORD` unless one exists; tells whether it did.
   *
   * @throws {FailureError} `invalid-input` for an address or a password that can't be used; `param` names which.
   */
  ensureAdministrator(administrator: NewAdministrator): Promise<boolean>;
}

export interface FirstRunOptions {
  auth: Auth;
  /** The code is made of it, so that every replica prints and takes the same; absent: a new one at each start. */
  secret?: string;
  /** Monotonic milliseconds. */
  now?: () => number;
}

export function createFirstRun({ auth, ...options }: FirstRunOptions): FirstRunSetup {
  const code = new OneTimeCode(options);
  // Once there is one, somebody can sign in, and nothing here can change that back.
  let isDone = false;
  // One after the other: of two pages with the right code one gets in.
  const { inTurn } = auth;

  async function hasAdministrator(): Promise<boolean> {
    isDone ||= (await countAdministrators(auth)) > 0;
    return isDone;
  }

  return {
    hasAdministrator,
    code: async () => ((await hasAdministrator()) ? undefined : code.text),
    createFirstAdmin: ({ code: given, ...administrator }) =>
      inTurn(async () => {
        if (await hasAdministrator()) throw new FailureError("already-set-up");
        code.check(given);
        await createAdministrator(auth, administrator);
      }),
    ensureAdministrator: (administrator) =>
      inTurn(async () => {
        if (await hasAdministrator()) return false;
        await createAdministrator(auth, administrator);
        return true;
      }),
  };
}

function countAdministrators(auth: Auth): Promise<number> {
  const isAdministrator = { field: "role", operator: "contains", value: "administrator" } as const;
  return auth.context.adapter.count({ model: "user", where: [isAdministrator] });
}

async function createAdministrator(auth: Auth, administrator: NewAdministrator): Promise<void> {
  await createUser(auth, { ...administrator, role: "administrator" });
}
