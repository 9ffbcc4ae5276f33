import type { Principal } from "../auth/principal.ts";
import { FailureError } from "../failure_error.ts";
import type {
  Conversation,
  ConversationPage,
  ConversationStore,
  FoundConversation,
  ListConversationsOptions,
  SearchConversationsOptions,
} from "../storage/conversations.ts";
import type { ChangedConversations, ChangesOptions, ConversationChanges } from "./conversation_changes.ts";
import type { ConversationTree, ConversationView, ViewSources } from "./conversation_view.ts";
import { viewBranch, withAnswers } from "./conversation_view.ts";
import type { Conversations } from "./conversations.ts";
import { newestBelow } from "./turn_tree.ts";

export interface ConversationServiceOptions extends ViewSources {
  store: ConversationStore;
  changes: ConversationChanges;
}

/** Conversations over the store; every change is told to the owner's other pages. */
export class ConversationService implements Conversations {
  readonly #options: ConversationServiceOptions;

  constructor(options: ConversationServiceOptions) {
    this.#options = options;
  }

  list(principal: Principal, options: ListConversationsOptions): Promise<ConversationPage> {
    return this.#options.store.list(principal.id, options);
  }

  search(principal: Principal, options: SearchConversationsOptions): Promise<ConversationPage<FoundConversation>> {
    return this.#options.store.search(principal.id, options);
  }

  async get(principal: Principal, id: string, turnId?: string): Promise<ConversationView> {
    const conversation = await this.#find(principal, id);
    const turns = await this.#options.store.turns(id);
    const isKnown = turns.some(({ answerId }) => answerId === turnId);
    const lastId = turnId !== undefined && isKnown ? newestBelow(turns, turnId) : conversation.shownTurnId;
    return viewBranch(this.#options, principal, { conversation, turns, lastId });
  }

  async getTree(principal: Principal, id: string): Promise<ConversationTree> {
    const conversation = await this.#find(principal, id);
    const turns = await withAnswers(this.#options, principal, await this.#options.store.turns(id));
    return { ...conversation, turns };
  }

  async show(principal: Principal, id: string, turnId: string): Promise<ConversationView> {
    const conversation = await this.#find(principal, id);
    const turns = await this.#options.store.turns(id);
    if (!turns.some(({ answerId }) => answerId === turnId))
      throw new FailureError("invalid-input", { param: "turnId" });
    const lastId = newestBelow(turns, turnId);
    await this.#options.store.show(id, lastId);
    return viewBranch(this.#options, principal, {
      conversation: { ...conversation, shownTurnId: lastId },
      turns,
      lastId,
    });
  }

  async rename(principal: Principal, id: string, title: string): Promise<void> {
    this.#changed(principal, id, await this.#options.store.rename(principal.id, id, title));
  }

  async archive(principal: Principal, id: string, isArchived: boolean): Promise<void> {
    const at = isArchived ? Date.now() : undefined;
    this.#changed(principal, id, await this.#options.store.archive(principal.id, id, at));
  }

  async remove(principal: Principal, id: string): Promise<void> {
    this.#changed(principal, id, await this.#options.store.remove(principal.id, id, Date.now()));
  }

  async restore(principal: Principal, id: string): Promise<void> {
    this.#changed(principal, id, await this.#options.store.restore(principal.id, id));
  }

  changes(principal: Principal, options: ChangesOptions): Promise<ChangedConversations> {
    return this.#options.changes.since(principal.id, options);
  }

  #changed(principal: Principal, id: string, isFound: boolean): void {
    if (!isFound) throw new FailureError("conversation-not-found");
    this.#options.changes.note(principal.id, id);
  }

  async #find(principal: Principal, id: string): Promise<Conversation> {
    const conversation = await this.#options.store.find(principal.id, id);
    if (conversation === undefined) throw new FailureError("conversation-not-found");
    return conversation;
  }
}
