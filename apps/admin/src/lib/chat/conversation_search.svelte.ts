import { FailureError, type FailureInfo } from "@cogniforge/client";
import type { ConsoleApi, FoundConversation } from "#lib/api/console_api.ts";

/** How long the typing must rest before the server is asked, in milliseconds. */
const REST_MS = 180;

/** The search in all conversations, as it is typed. */
export class ConversationSearch {
  readonly #api: Pick<ConsoleApi, "searchConversations">;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking = 0;
  #nextCursor = $state.raw<string | undefined>();
  query = $state("");
  found = $state.raw<readonly FoundConversation[]>([]);
  failure = $state.raw<FailureInfo | undefined>();
  /** Whether what is found belongs to another query than the one that stands in the field. */
  isBehind = $state(false);

  readonly isActive = $derived(this.query.trim() !== "");
  readonly hasMore = $derived(this.#nextCursor !== undefined);

  constructor(api: Pick<ConsoleApi, "searchConversations">) {
    this.#api = api;
  }

  type(query: string): void {
    this.query = query;
    clearTimeout(this.#timer);
    this.#asking++;
    this.isBehind = this.isActive;
    if (this.isActive) this.#timer = setTimeout(() => void this.#search(), REST_MS);
    else this.clear();
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#asking++;
    this.query = "";
    this.found = [];
    this.failure = undefined;
    this.isBehind = false;
    this.#nextCursor = undefined;
  }

  async more(): Promise<void> {
    if (this.#nextCursor !== undefined) await this.#search(this.#nextCursor);
  }

  async #search(cursor?: string): Promise<void> {
    const asking = ++this.#asking;
    try {
      const page = await this.#api.searchConversations(this.query, cursor);
      // Whoever has typed on waits for something else.
      if (asking !== this.#asking) return;
      this.found = cursor === undefined ? page.conversations : [...this.found, ...page.conversations];
      this.#nextCursor = page.nextCursor;
      this.failure = undefined;
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      if (asking !== this.#asking) return;
      this.failure = error.info;
    }
    this.isBehind = false;
  }
}
