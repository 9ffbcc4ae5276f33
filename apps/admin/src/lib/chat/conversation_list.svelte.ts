import { FailureError, type FailureInfo } from "@cogniforge/client";
import type { ConsoleApi, ConversationInfo } from "#lib/api/console_api.ts";

type ListApi = Pick<
  ConsoleApi,
  "listConversations" | "renameConversation" | "archiveConversation" | "removeConversation" | "restoreConversation"
>;

/** The conversations of whoever is signed in, newest first: those at hand, or the archived ones. */
export class ConversationList {
  readonly #api: ListApi;
  #nextCursor = $state.raw<string | undefined>();
  #reading = 0;
  items = $state.raw<readonly ConversationInfo[]>([]);
  failure = $state.raw<FailureInfo | undefined>();
  phase = $state<"loading" | "ready" | "failed">("loading");
  isArchive = $state(false);

  readonly hasMore = $derived(this.#nextCursor !== undefined);

  constructor(api: ListApi) {
    this.#api = api;
  }

  /** Shows the archive, or leaves it. */
  async showArchive(isArchive: boolean): Promise<void> {
    this.isArchive = isArchive;
    this.items = [];
    this.#nextCursor = undefined;
    this.phase = "loading";
    await this.refresh();
  }

  /** Reads the newest page again; further pages that were opened stay. */
  async refresh(): Promise<void> {
    const reading = ++this.#reading;
    await this.#guarded(async () => {
      const page = await this.#api.listConversations({ archived: this.isArchive });
      if (reading !== this.#reading) return;
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
    const reading = this.#reading;
    await this.#guarded(async () => {
      const page = await this.#api.listConversations({ cursor, archived: this.isArchive });
      if (reading !== this.#reading) return;
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

  /** Moves a conversation to where it is not listed now. @returns Whether it is there. */
  archive(id: string, archived: boolean): Promise<boolean> {
    return this.#without(id, () => this.#api.archiveConversation(id, archived));
  }

  /** @returns Whether it is gone. */
  remove(id: string): Promise<boolean> {
    return this.#without(id, () => this.#api.removeConversation(id));
  }

  async restore(id: string): Promise<boolean> {
    const isBack = await this.#guarded(() => this.#api.restoreConversation(id));
    await this.refresh();
    return isBack;
  }

  async #without(id: string, work: () => Promise<void>): Promise<boolean> {
    const before = this.items;
    this.items = before.filter((item) => item.id !== id);
    const isDone = await this.#guarded(work);
    if (!isDone) this.items = before;
    return isDone;
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
