import type { Principal } from "../auth/principal.ts";
import type {
  ConversationPage,
  FoundConversation,
  ListConversationsOptions,
  SearchConversationsOptions,
} from "../storage/conversations.ts";
import type { ChangedConversations, ChangesOptions } from "./conversation_changes.ts";
import type { ConversationTree, ConversationView } from "./conversation_view.ts";

/**
 * The conversations of whoever asks: what all doors share.
 *
 * Every method that names a conversation throws `FailureError` `conversation-not-found` for another owner's and for one that was removed.
 */
export interface Conversations {
  list(principal: Principal, options: ListConversationsOptions): Promise<ConversationPage>;
  search(principal: Principal, options: SearchConversationsOptions): Promise<ConversationPage<FoundConversation>>;
  /** One branch: the one that is shown, or the newest that goes through a turn. */
  get(principal: Principal, id: string, turnId?: string): Promise<ConversationView>;
  /** All branches. */
  getTree(principal: Principal, id: string): Promise<ConversationTree>;
  /** From now on shows the newest branch that goes through a turn. */
  show(principal: Principal, id: string, turnId: string): Promise<ConversationView>;
  rename(principal: Principal, id: string, title: string): Promise<void>;
  archive(principal: Principal, id: string, isArchived: boolean): Promise<void>;
  /** It can be restored for a while; its answers go on meanwhile. */
  remove(principal: Principal, id: string): Promise<void>;
  restore(principal: Principal, id: string): Promise<void>;
  /** Which conversations have changed since a cursor. */
  changes(principal: Principal, options: ChangesOptions): Promise<ChangedConversations>;
}
