import type { Turn } from "../storage/conversations.ts";

/** Turns that could stand in each other's place: each named by the id of the turn to show for it. */
export interface TurnVersions {
  /** One for each wording of the question, in the order in which they were first asked. */
  questions: string[];
  /** One for each answer to the question as it is worded here, in the order of asking. */
  answers: string[];
}

/** The branch that ends with a turn, from its first question on; empty if there is no such turn. */
export function branchOf(turns: readonly Turn[], lastId: string | undefined): Turn[] {
  const byId = new Map(turns.map((turn) => [turn.answerId, turn]));
  const branch: Turn[] = [];
  for (let turn = byId.get(lastId ?? ""); turn !== undefined; turn = byId.get(turn.parentId ?? "")) branch.push(turn);
  return branch.reverse();
}

/** The last turn of the branch that goes on from a turn: the one below it that was asked last. */
export function newestBelow(turns: readonly Turn[], id: string): string {
  const below = new Set([id]);
  let newest = id;
  // A turn comes after its parent, so that one pass finds all.
  for (const { answerId, parentId } of turns) {
    if (parentId === undefined || !below.has(parentId)) continue;
    below.add(answerId);
    newest = answerId;
  }
  return newest;
}

/** Finds the versions of turns among all turns of their conversation. */
export function versionsOf(turns: readonly Turn[]): (turn: Turn) => TurnVersions {
  const siblings = Map.groupBy(turns, ({ parentId }) => parentId);
  return ({ answerId, parentId, question }) => {
    const byQuestion = Map.groupBy(siblings.get(parentId) ?? [], (turn) => turn.question);
    const own = byQuestion.get(question) ?? [];
    return {
      // Of another wording its latest answer is shown, of this one the turn itself.
      questions: Array.from(byQuestion, ([other, asked]) =>
        other === question ? answerId : (asked.at(-1)?.answerId ?? answerId),
      ),
      answers: own.map((turn) => turn.answerId),
    };
  };
}
