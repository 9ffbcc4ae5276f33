import type { Principal } from "../auth/principal.ts";
import { FailureError } from "../failure_error.ts";
import type { AnswerRecords } from "../storage/answer_records.ts";
import type { Conversation, Turn } from "../storage/conversations.ts";
import type { AnswerView } from "./answer_view.ts";
import type { Answers } from "./answers.ts";
import type { TurnVersions } from "./turn_tree.ts";
import { branchOf, versionsOf } from "./turn_tree.ts";
import { viewOfRecord } from "./views.ts";

/** A turn with what is known of its answer; without `answer` the answer never began. */
export interface AnsweredTurn extends Turn {
  answer?: AnswerView | undefined;
}

/** A turn of a branch, with the turns that could stand in its place. */
export interface TurnView extends AnsweredTurn {
  versions: TurnVersions;
}

/** A conversation with one of its branches, from the first question on. */
export interface ConversationView extends Conversation {
  turns: TurnView[];
}

/** A conversation with the turns of all its branches, in the order of asking. */
export interface ConversationTree extends Conversation {
  turns: AnsweredTurn[];
}

export interface ViewSources {
  answers: Pick<Answers, "get">;
  records: Pick<AnswerRecords, "getMany">;
}

/** The branch that ends with a turn; an answer that still runs is shown as far as it is. */
export async function viewBranch(
  sources: ViewSources,
  principal: Principal,
  { conversation, turns, lastId }: { conversation: Conversation; turns: readonly Turn[]; lastId: string | undefined },
): Promise<ConversationView> {
  const versions = versionsOf(turns);
  const branch = await withAnswers(sources, principal, branchOf(turns, lastId));
  return { ...conversation, turns: branch.map((turn) => ({ ...turn, versions: versions(turn) })) };
}

/** Turns with their answers, of which those that have ended are read at once. */
export async function withAnswers(
  { answers, records }: ViewSources,
  principal: Principal,
  turns: readonly Turn[],
): Promise<AnsweredTurn[]> {
  const found = await records.getMany(turns.map(({ answerId }) => answerId));
  const views = new Map(
    found.filter(({ owner }) => owner === principal.id).map((record) => [record.answerId, viewOfRecord(record)]),
  );
  return Promise.all(
    turns.map(async (turn) => {
      const answer = views.get(turn.answerId) ?? (await runningView(answers, principal, turn.answerId));
      return answer === undefined ? turn : { ...turn, answer };
    }),
  );
}

async function runningView(
  answers: ViewSources["answers"],
  principal: Principal,
  answerId: string,
): Promise<AnswerView | undefined> {
  try {
    return await answers.get(principal, answerId);
  } catch (error) {
    // The server died between writing the question and beginning the answer: the question is still worth showing.
    if (error instanceof FailureError && error.code === "answer-not-found") return undefined;
    throw error;
  }
}
