import type { FailureInfo } from "@cogniforge/client";
import type { AccessApi, CreatedKey, KeySettings, KeyView } from "#lib/api/access_api.ts";
import { attempt } from "./attempt.ts";

/** The keys that the page shows, and what is done to them. */
export class KeysState {
  readonly #api: AccessApi;
  keys = $state.raw<KeyView[] | undefined>();
  routes = $state.raw<string[]>([]);
  /** Why the keys could not be read. */
  failure = $state.raw<FailureInfo | undefined>();
  /** The key that was just made, until its page is told that it was copied. */
  created = $state.raw<CreatedKey | undefined>();

  constructor(api: AccessApi) {
    this.#api = api;
  }

  async refresh(): Promise<void> {
    this.failure = await attempt(async () => {
      const [keys, routes] = await Promise.all([this.#api.keys.list(), this.#api.routes()]);
      this.keys = keys;
      this.routes = routes;
    });
  }

  create(settings: KeySettings): Promise<FailureInfo | undefined> {
    return attempt(async () => {
      const created = await this.#api.keys.create(settings);
      this.created = created;
      const { key: _secret, ...view } = created;
      this.keys = [view, ...(this.keys ?? [])];
    });
  }

  update(id: string, settings: KeySettings): Promise<FailureInfo | undefined> {
    return attempt(async () => this.#put(await this.#api.keys.update({ id, ...settings })));
  }

  revoke(id: string): Promise<FailureInfo | undefined> {
    return attempt(async () => this.#put(await this.#api.keys.revoke(id)));
  }

  #put(view: KeyView): void {
    this.keys = this.keys?.map((key) => (key.id === view.id ? view : key));
  }
}
