import type { Principal } from "../auth/principal.ts";
import { FailureError } from "../failure_error.ts";
import type { Services } from "../services.ts";
import type { Conversation, ListConversationsOptions } from "../storage/conversations.ts";
import type { AnswerView } from "./answer_view.ts";

/** A turn with what is known of its answer; without `answer` the answer never began. */
export interface TurnView {
  question: string;
  answerId: string;
  /** Epoch milliseconds. */
  askedAt: number;
  answer?: AnswerView | undefined;
}

export interface ConversationView extends Conversation {
  turns: TurnView[];
}

type ViewServices = Pick<Services, "answers" | "conversations">;

/** A page of the principal's conversations, newest first. */
export function listConversations(
  { conversations }: ViewServices,
  principal: Principal,
  options: ListConversationsOptions,
): Promise<{ conversations: Conversation[]; nextCursor?: string | undefined }> {
  return conversations.list(principal.id, options);
}

/**
 * A conversation with its turns and answers; an answer that still runs is shown as far as it is.
 *
 * @throws {FailureError} `conversation-not-found`.
 */
export async function viewConversation(
  { answers, conversations }: ViewServices,
  principal: Principal,
  id: string,
): Promise<ConversationView> {
  const conversation = await conversations.find(principal.id, id);
  if (conversation === undefined) throw new FailureError("conversation-not-found");
  const turns = await conversations.turns(id);
  return {
    ...conversation,
    turns: await Promise.all(turns.map((turn) => viewTurn(answers, principal, turn))),
  };
}

async function viewTurn(
  answers: Services["answers"],
  principal: Principal,
  turn: Omit<TurnView, "answer">,
): Promise<TurnView> {
  try {
    return { ...turn, answer: await answers.get(principal, turn.answerId) };
  } catch (error) {
    // The server died between writing the question and beginning the answer: the question is still worth showing.
    if (error instanceof FailureError && error.code === "answer-not-found") return turn;
    throw error;
  }
}
