/** A conversation without its turns. Times are epoch milliseconds. */
export interface Conversation {
  id: string;
  title: string;
  createdAt: number;
  updatedAt: number;
}

/** One question of a conversation, and the answer that it got or is getting. */
export interface Turn {
  question: string;
  answerId: string;
  askedAt: number;
}

export interface ListConversationsOptions {
  limit: number;
  /** `nextCursor` of the page before. */
  cursor?: string | undefined;
}

/** Conversations of all owners; every call names its owner, and another owner's conversation is like none. */
export interface ConversationStore {
  create(owner: string, conversation: { id: string; title: string; at: number }): Promise<Conversation>;
  find(owner: string, id: string): Promise<Conversation | undefined>;
  /** Newest first by `updatedAt`. */
  list(
    owner: string,
    options: ListConversationsOptions,
  ): Promise<{ conversations: Conversation[]; nextCursor?: string | undefined }>;
  /** In the order of asking. The conversation must have been found for its owner before. */
  turns(id: string): Promise<Turn[]>;
  /** Adds a turn and moves `updatedAt`; a turn with the same `answerId` is not added twice. */
  addTurn(id: string, turn: Turn): Promise<void>;
  /** `false` if the owner has no such conversation. */
  rename(owner: string, id: string, title: string): Promise<boolean>;
  /** Removes the conversation and its turns; `false` if the owner has no such conversation. */
  remove(owner: string, id: string): Promise<boolean>;
}
