import { foldJournal } from "@cogniforge/core/engine";
import type { Journal } from "@cogniforge/core/journal";
import type { ChatMessage } from "@cogniforge/core/providers";
import type { AnswerRecords } from "../storage/answer_records.ts";
import type { Turn } from "../storage/conversations.ts";

/**
 * What a model is sent of a conversation: the last messages of a branch, then the new question.
 *
 * A question that got no text is left out with its answer: it was asked again, or given up.
 *
 * @param limit Messages at the most, the new question not counted.
 */
export async function contextMessages(
  { records, journal }: { records: AnswerRecords; journal: Journal },
  branch: readonly Turn[],
  limit: number,
  question: string,
): Promise<ChatMessage[]> {
  const turns = limit === 0 ? [] : branch.slice(-limit);
  const found = await records.getMany(turns.map(({ answerId }) => answerId));
  const texts = new Map(found.map(({ answerId, text }) => [answerId, text]));
  for (const { answerId } of turns) {
    if (!texts.has(answerId)) texts.set(answerId, await endedText(journal, answerId));
  }
  const messages = turns.flatMap(({ question: asked, answerId }): ChatMessage[] => {
    const text = texts.get(answerId);
    if (!text) return [];
    return [
      { role: "user", content: asked },
      { role: "assistant", content: text },
    ];
  });
  const kept = limit === 0 ? [] : messages.slice(-limit);
  // A conversation that begins with an answer is refused by some models.
  if (kept[0]?.role === "assistant") kept.shift();
  return [...kept, { role: "user", content: question }];
}

/** The text of an answer whose end is in the journal and whose record is not written yet, or was lost with the process. */
async function endedText(journal: Journal, answerId: string): Promise<string> {
  const entry = await journal.find(answerId);
  return entry?.isEnded ? (await foldJournal(journal, answerId)).text : "";
}
