import { FailureError, type FailureInfo } from "@cogniforge/client";
import type { ConsoleApi, ConversationInfo } from "#lib/api/console_api.ts";

type ListApi = Pick<ConsoleApi, "listConversations" | "renameConversation" | "removeConversation">;

/** The conversations of whoever is signed in, newest first. */
export class ConversationList {
  readonly #api: ListApi;
  #nextCursor = $state.raw<string | undefined>();
  items = $state.raw<readonly ConversationInfo[]>([]);
  failure = $state.raw<FailureInfo | undefined>();
  phase = $state<"loading" | "ready" | "failed">("loading");

  readonly hasMore = $derived(this.#nextCursor !== undefined);

  constructor(api: ListApi) {
    this.#api = api;
  }

  /** Reads the newest page again; further pages that were opened stay. */
  async refresh(): Promise<void> {
    await this.#guarded(async () => {
      const page = await this.#api.listConversations();
      const isFirst = this.phase !== "ready";
      const fresh = new Set(page.conversations.map(({ id }) => id));
      const oldest = page.conversations.at(-1)?.updatedAt ?? 0;
      const rest = isFirst ? [] : this.items.filter((item) => !fresh.has(item.id) && item.updatedAt <= oldest);
      this.items = page.nextCursor === undefined ? page.conversations : [...page.conversations, ...rest];
      if (isFirst || rest.length === 0) this.#nextCursor = page.nextCursor;
      this.phase = "ready";
    });
  }

  async loadMore(): Promise<void> {
    const cursor = this.#nextCursor;
    if (cursor === undefined) return;
    await this.#guarded(async () => {
      const page = await this.#api.listConversations(cursor);
      const known = new Set(this.items.map(({ id }) => id));
      this.items = [...this.items, ...page.conversations.filter(({ id }) => !known.has(id))];
      this.#nextCursor = page.nextCursor;
    });
  }

  /** Shows the new title at once, and the old one again if the server refuses it. */
  async rename(id: string, title: string): Promise<void> {
    const before = this.items;
    this.items = before.map((item) => (item.id === id ? { ...item, title } : item));
    if (!(await this.#guarded(() => this.#api.renameConversation(id, title)))) this.items = before;
  }

  /** @returns Whether it is gone. */
  async remove(id: string): Promise<boolean> {
    const before = this.items;
    this.items = before.filter((item) => item.id !== id);
    const isGone = await this.#guarded(() => this.#api.removeConversation(id));
    if (!isGone) this.items = before;
    return isGone;
  }

  async #guarded(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      this.failure = undefined;
      return true;
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      this.failure = error.info;
      if (this.phase === "loading") this.phase = "failed";
      return false;
    }
  }
}
