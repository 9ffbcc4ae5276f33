import { EMPTY_ANSWER_STATE, foldEvent } from "@cogniforge/core/events";
import type { Journal } from "@cogniforge/core/journal";
import type { MakeRecord } from "../../answer_records.ts";
import type { Storage } from "../../storage.ts";

/** Events that are read at once. */
const PAGE_EVENTS = 1_000;

/** Answers that run, or ended just now. */
export interface LiveAnswers {
  /** Their ids; some may be archived by now. */
  unarchived(): Promise<readonly string[]>;
  /** Of those that are archived by now, too. */
  journal: Pick<Journal, "find" | "read">;
  makeRecord: MakeRecord;
}

/** Writes answers as far as they have come, but for those that are there: whoever opens the storage later carries them on. */
export async function embedLiveAnswers(
  live: LiveAnswers,
  answerIds: readonly string[],
  target: Storage,
): Promise<void> {
  for (const answerId of answerIds) {
    if ((await target.journal.find(answerId)) === undefined) await embedLiveAnswer(live, answerId, target);
  }
}

async function embedLiveAnswer({ journal, makeRecord }: LiveAnswers, answerId: string, target: Storage): Promise<void> {
  const entry = await journal.find(answerId);
  if (entry === undefined || !(await isOfThisMoment(target, entry.header.ask))) return;
  // Nobody's: whoever looks for answers without a carrier takes it up at once.
  const made = await target.journal.create(entry.header, { holder: "", ttlMs: 0 });
  if (!made.created) return;
  let state = EMPTY_ANSWER_STATE;
  for (;;) {
    const events = await journal.read(answerId, state.seq, PAGE_EVENTS);
    if (events.length === 0) break;
    await target.journal.append(made.lease, events);
    state = events.reduce(foldEvent, state);
  }
  const record = state.end === undefined ? undefined : makeRecord(entry.header, state);
  if (record !== undefined) await target.records.put(record);
}

/** One that was begun since belongs to a conversation, or a turn of it, that is not here. */
async function isOfThisMoment({ kysely }: Storage, ask: unknown): Promise<boolean> {
  const { conversationId } = ask as { conversationId?: string };
  if (conversationId === undefined) return true;
  const found = await kysely
    .selectFrom("conversations")
    .select("id")
    .where("id", "=", conversationId)
    .executeTakeFirst();
  return found !== undefined;
}
