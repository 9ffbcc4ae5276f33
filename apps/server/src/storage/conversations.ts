import type { Snippet } from "./search_snippet.ts";

/** A conversation without its turns. Times are epoch milliseconds. */
export interface Conversation {
  id: string;
  title: string;
  createdAt: number;
  updatedAt: number;
  isArchived: boolean;
  /** The last turn of the branch that is shown; absent before the first question. */
  shownTurnId?: string | undefined;
}

/** One question of a conversation, and the answer that it got or is getting. The answer's id names the turn too. */
export interface Turn {
  question: string;
  answerId: string;
  /** The turn that this one follows. Turns with the same parent are versions of each other; a first question has none. */
  parentId?: string | undefined;
  askedAt: number;
  /** Present where the question was about the project: what was sent along. */
  project?: SentProject | undefined;
}

/** What was sent of a project along with a question, in short. */
export interface SentProject {
  name: string;
  /** Of the index. */
  version: string;
  /** Characters. */
  length: number;
}

export interface ListConversationsOptions {
  limit: number;
  /** `nextCursor` of the page before. */
  cursor?: string | undefined;
  /** Those that are archived, instead of all others. */
  archived?: boolean | undefined;
}

export interface ConversationPage<T = Conversation> {
  conversations: T[];
  nextCursor?: string | undefined;
}

export interface SearchConversationsOptions {
  /** Words; found is what begins with each of them. */
  query: string;
  limit: number;
  cursor?: string | undefined;
}

/** One place where a query was found. */
export interface SearchMatch extends Snippet {
  part: "title" | "question" | "answer";
  /** The turn that it stands in; absent for the title. */
  turnId?: string | undefined;
}

/** A conversation with the best places where a query was found. */
export interface FoundConversation extends Conversation {
  matches: SearchMatch[];
}

/** Conversations of all owners; a call that names an owner treats another owner's conversation, and a removed one, like none. */
export interface ConversationStore {
  create(owner: string, conversation: { id: string; title: string; at: number }): Promise<Conversation>;
  find(owner: string, id: string): Promise<Conversation | undefined>;
  /** Newest first by `updatedAt`. */
  list(owner: string, options: ListConversationsOptions): Promise<ConversationPage>;
  /** Newest first by `updatedAt`, archived ones among them. */
  search(owner: string, options: SearchConversationsOptions): Promise<ConversationPage<FoundConversation>>;
  /** Of all branches, in the order of asking. The conversation must have been found for its owner before. */
  turns(id: string): Promise<Turn[]>;
  /**
   * Adds a turn and shows it, moves `updatedAt` and takes the conversation out of the archive; a turn with the same `answerId` is not
   * added twice. What is kept with the turn of a project is told by `turns()`.
   */
  addTurn(id: string, turn: Omit<Turn, "project">): Promise<void>;
  /** Shows the branch that ends with a turn; the turn must be one of the conversation's. */
  show(id: string, turnId: string): Promise<void>;
  /** `false` if the owner has no such conversation. */
  rename(owner: string, id: string, title: string): Promise<boolean>;
  /** Moves it into the archive (`at`) or out of it; `false` if the owner has no such conversation. */
  archive(owner: string, id: string, at: number | undefined): Promise<boolean>;
  /** Removes it so that it can be restored; `false` if the owner has no such conversation. */
  remove(owner: string, id: string, at: number): Promise<boolean>;
  /** `false` if the owner has removed no such conversation, or it is gone for good. */
  restore(owner: string, id: string): Promise<boolean>;
  /** Those that were removed before a moment, oldest first, 100 at most. */
  removedBefore(at: number): Promise<string[]>;
  /** Deletes a removed conversation for good, with its turns, the records of its answers, and what was indexed of them. */
  purge(id: string): Promise<void>;
}
