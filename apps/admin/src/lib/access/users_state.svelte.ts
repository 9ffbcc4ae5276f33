import type { FailureInfo } from "@cogniforge/client";
import type { AccessApi, NewUser, UserRole, UserView } from "#lib/api/access_api.ts";
import { attempt } from "./attempt.ts";

/** The users that the page shows, and what is done to them. */
export class UsersState {
  readonly #api: AccessApi;
  users = $state.raw<UserView[] | undefined>();
  /** Why the users could not be read. */
  failure = $state.raw<FailureInfo | undefined>();

  constructor(api: AccessApi) {
    this.#api = api;
  }

  async refresh(): Promise<void> {
    this.failure = await attempt(async () => {
      this.users = await this.#api.users.list();
    });
  }

  create(user: NewUser): Promise<FailureInfo | undefined> {
    return attempt(async () => {
      const created = await this.#api.users.create(user);
      this.users = [...(this.users ?? []), created];
    });
  }

  setRole(id: string, role: UserRole): Promise<FailureInfo | undefined> {
    return attempt(async () => this.#put(await this.#api.users.setRole({ id, role })));
  }

  setDisabled(id: string, isDisabled: boolean): Promise<FailureInfo | undefined> {
    return attempt(async () => this.#put(await this.#api.users.setDisabled({ id, isDisabled })));
  }

  resetPassword(id: string, password: string): Promise<FailureInfo | undefined> {
    return attempt(() => this.#api.users.resetPassword({ id, password }));
  }

  #put(view: UserView): void {
    this.users = this.users?.map((user) => (user.id === view.id ? view : user));
  }
}
