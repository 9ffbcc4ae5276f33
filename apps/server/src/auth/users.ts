import { FailureError } from "../failure_error.ts";
import type { Auth } from "./auth.ts";
import type { NewUser } from "./create_user.ts";
import { createUser } from "./create_user.ts";
import { checkPassword } from "./password_rules.ts";
import type { Principal, UserRole } from "./principal.ts";
import { roleOf } from "./roles.ts";

/** A user as administrators see one. */
export interface UserView {
  id: string;
  name: string;
  email: string;
  role: UserRole;
  /** May not sign in. */
  isDisabled: boolean;
  /** Whoever asks. */
  isSelf: boolean;
  /** Epoch milliseconds. */
  createdAt: number;
}

/** More users than a page of people can list. */
const MOST_USERS = 10_000;

/** How often somebody may be wrong about the own password in a minute. */
const TRIES_PER_MINUTE = 5;
const MINUTE_MS = 60_000;

export interface UsersOptions {
  auth: Auth;
  /** Suspends or frees what a user owns beside sessions: keys of programs. */
  onDisabled: (principalId: string, isDisabled: boolean) => Promise<void>;
  /** Monotonic milliseconds. */
  now?: () => number;
}

type StoredUser = NonNullable<Awaited<ReturnType<Auth["context"]["internalAdapter"]["findUserById"]>>> & {
  role?: string | null;
  banned?: boolean | null;
};

/** The users, over the sign-in library. Who may call what is the door's to decide. */
export class Users {
  readonly #auth: Auth;
  readonly #onDisabled: UsersOptions["onDisabled"];
  readonly #now: () => number;
  /** One change after the other: of two administrators who demote each other, one stays. */
  readonly #inTurn: Auth["inTurn"];
  /** When wrong passwords came, by user, in monotonic milliseconds. */
  readonly #wrong = new Map<string, number[]>();

  constructor({ auth, onDisabled, now = () => performance.now() }: UsersOptions) {
    this.#auth = auth;
    this.#inTurn = auth.inTurn;
    this.#onDisabled = onDisabled;
    this.#now = now;
  }

  /** Oldest first. */
  async list(principal: Principal): Promise<UserView[]> {
    const users = await this.#all();
    return users.map((user) => viewOf(user, principal));
  }

  /** @throws {FailureError} `invalid-input` for an address or a password that can't be used. */
  async create(principal: Principal, user: NewUser): Promise<UserView> {
    const id = await createUser(this.#auth, user);
    return viewOf(await this.#find(id), principal);
  }

  /** @throws {FailureError} `user-not-found` or `last-administrator`. */
  setRole(principal: Principal, id: string, role: UserRole): Promise<UserView> {
    return this.#inTurn(async () => {
      const user = await this.#find(id);
      if (role !== "administrator") await this.#keepAdministrator(user);
      await this.#adapter.updateUser(id, { role, updatedAt: new Date() });
      return viewOf(await this.#find(id), principal);
    });
  }

  /**
   * Ends all sessions of a user and lets nobody in by that account or its keys, or takes that back.
   *
   * @throws {FailureError} `user-not-found` or `last-administrator`.
   */
  setDisabled(principal: Principal, id: string, isDisabled: boolean): Promise<UserView> {
    return this.#inTurn(async () => {
      const user = await this.#find(id);
      if (isDisabled) await this.#keepAdministrator(user);
      const banReason = isDisabled ? "Disabled by an administrator" : null;
      await this.#adapter.updateUser(id, { banned: isDisabled, banReason, banExpires: null, updatedAt: new Date() });
      if (isDisabled) await this.#adapter.deleteUserSessions(id);
      await this.#onDisabled(principalIdOf(id), isDisabled);
      return viewOf(await this.#find(id), principal);
    });
  }

  /**
   * Sets a user's password and ends the user's sessions: whoever had the old one is out.
   *
   * @throws {FailureError} `user-not-found`, or `invalid-input` for a weak password.
   */
  async resetPassword(id: string, password: string): Promise<void> {
    const { email } = await this.#find(id);
    checkPassword(password, email);
    await this.#writePassword(id, password);
    await this.#adapter.deleteUserSessions(id);
  }

  /**
   * Changes the own password; the other sessions of the user end, this one goes on.
   *
   * @throws {FailureError} `forbidden` for whoever is no user, `invalid-sign-in-code` for a wrong current password,
   * `too-many-requests` after five of them in a minute, `invalid-input` for a weak new one.
   */
  async changePassword(
    cookie: string | undefined,
    { currentPassword, newPassword }: { currentPassword: string; newPassword: string },
  ): Promise<void> {
    const headers = new Headers({ cookie: cookie ?? "" });
    const found = await this.#auth.api.getSession({ headers, query: { disableRefresh: true } });
    if (found === null) throw new FailureError("forbidden");
    const { user, session } = found;
    await this.#checkPasswordOf(user.id, currentPassword);
    checkPassword(newPassword, user.email);
    await this.#writePassword(user.id, newPassword);
    const sessions = await this.#adapter.listSessions(user.id);
    const others = sessions.map(({ token }) => token).filter((token) => token !== session.token);
    for (const token of others) await this.#adapter.deleteSession(token);
  }

  get #adapter() {
    return this.#auth.context.internalAdapter;
  }

  async #all(): Promise<StoredUser[]> {
    return await this.#adapter.listUsers(MOST_USERS, 0, { field: "createdAt", direction: "asc" });
  }

  async #find(id: string): Promise<StoredUser> {
    const user = await this.#adapter.findUserById(id);
    if (user === null) throw new FailureError("user-not-found");
    return user;
  }

  async #keepAdministrator({ id }: StoredUser): Promise<void> {
    const isAdministrator = (user: StoredUser) => roleOf(user.role) === "administrator" && !user.banned;
    const administrators = (await this.#all()).filter(isAdministrator);
    if (administrators.every((user) => user.id === id)) throw new FailureError("last-administrator");
  }

  async #checkPasswordOf(userId: string, password: string): Promise<void> {
    const now = this.#now();
    const wrong = (this.#wrong.get(userId) ?? []).filter((at) => now - at < MINUTE_MS);
    const [oldest = now] = wrong;
    if (wrong.length >= TRIES_PER_MINUTE) {
      throw new FailureError("too-many-requests", { retryAfterMs: oldest + MINUTE_MS - now });
    }
    // Counted before the slow comparison: tries at the same time count too.
    this.#wrong.set(userId, [...wrong, now]);
    const account = await this.#adapter.findCredentialAccount(userId);
    const hash = account?.password;
    const isRight = typeof hash === "string" && (await this.#auth.context.password.verify({ hash, password }));
    if (!isRight) throw new FailureError("invalid-sign-in-code", { param: "currentPassword" });
    this.#wrong.delete(userId);
  }

  async #writePassword(userId: string, password: string): Promise<void> {
    const hash = await this.#auth.context.password.hash(password);
    await this.#adapter.updatePassword(userId, hash);
  }
}

/** The id under which a user owns answers, conversations and keys. */
export function principalIdOf(userId: string): string {
  return `user:${userId}`;
}

function viewOf({ id, name, email, role, banned, createdAt }: StoredUser, principal: Principal): UserView {
  return {
    id,
    name,
    email,
    role: roleOf(role),
    isDisabled: banned === true,
    isSelf: principalIdOf(id) === principal.id,
    createdAt: new Date(createdAt).getTime(),
  };
}
