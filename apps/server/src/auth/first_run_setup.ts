import { isAPIError } from "better-auth/api";
import * as z from "zod";
import { FailureError } from "../failure_error.ts";
import type { Auth } from "./auth.ts";
import type { FirstRun } from "./first_run.ts";
import { OneTimeCode } from "./one_time_code.ts";
import { checkPassword } from "./password_rules.ts";

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

export function createFirstRun({ auth, now }: { auth: Auth; now?: () => number }): FirstRunSetup {
  const code = new OneTimeCode(now === undefined ? {} : { now });
  // Once there is one, somebody can sign in, and nothing here can change that back.
  let isDone = false;
  let turn: Promise<unknown> = Promise.resolve();

  async function hasAdministrator(): Promise<boolean> {
    isDone ||= (await countAdministrators(auth)) > 0;
    return isDone;
  }

  /** One after the other: of two pages with the right code one gets in. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
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

async function createAdministrator(auth: Auth, { email, password, name }: NewAdministrator): Promise<void> {
  const address = email.trim().toLowerCase();
  if (!z.email().safeParse(address).success) {
    throw new FailureError("invalid-input", { param: "email", detail: "This is not an e-mail address" });
  }
  checkPassword(password, address);
  const shownName = name?.trim() || address.slice(0, address.indexOf("@"));
  try {
    await auth.api.createUser({ body: { email: address, password, name: shownName, role: "administrator" } });
  } catch (cause) {
    // What is left to be refused is an address that another user has.
    if (isAPIError(cause) && cause.statusCode < 500) {
      throw new FailureError("invalid-input", { param: "email", detail: "Another user has this address", cause });
    }
    throw new FailureError("storage", { cause });
  }
}
