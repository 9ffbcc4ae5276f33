import { isAPIError } from "better-auth/api";
import * as z from "zod";
import { FailureError } from "../failure_error.ts";
import type { Auth } from "./auth.ts";
import { checkPassword } from "./password_rules.ts";
import type { UserRole } from "./principal.ts";

/** Who somebody new shall be. */
export interface NewUser {
  email: string;
  password: string;
  /** For people to read; the address's first part if it is empty. */
  name?: string | undefined;
  role: UserRole;
}

/**
 * Creates a user who can sign in, and tells the id.
 *
 * @throws {FailureError} `invalid-input` for an address or a password that can't be used; `param` names which.
 */
export async function createUser(auth: Auth, { email, password, name, role }: NewUser): Promise<string> {
  const address = email.trim().toLowerCase();
  if (!z.email().safeParse(address).success) {
    throw new FailureError("invalid-input", {
      param: "email",
      detail: { en: "This is not an e-mail address", ar: "هذا ليس عنوان بريد إلكتروني" },
    });
  }
  checkPassword(password, address);
  const shownName = name?.trim() || address.slice(0, address.indexOf("@"));
  try {
    const { user } = await auth.api.createUser({ body: { email: address, password, name: shownName, role } });
    return user.id;
  } catch (cause) {
    // What is left to be refused is an address that another user has.
    if (isAPIError(cause) && cause.statusCode < 500) {
      throw new FailureError("invalid-input", {
        param: "email",
        detail: { en: "Another user has this address", ar: "لمستخدم آخر هذا العنوان" },
        cause,
      });
    }
    throw new FailureError("storage", { cause });
  }
}
