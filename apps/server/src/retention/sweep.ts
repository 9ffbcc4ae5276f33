import { purgeConversation } from "../answers/purge_removed.ts";
import type { RetentionConfig } from "../config/mod.ts";
import type { RecordStorage, Storage } from "../storage/mod.ts";

const DAY_MS = 86_400_000;

/** What is looked for at once; each is deleted by itself, and others get their turn in between. */
const AT_ONCE = 50;

/** What a sweep deleted. */
export interface Swept {
  conversations: number;
  /** Those of the conversations among them. */
  answers: number;
  /** Measures of single answers. */
  measures: number;
  auditEntries: number;
  /** Given back to the disk. */
  freedBytes: number;
}

export interface SweptStorage extends Pick<RecordStorage, "expiry" | "conversations" | "measures" | "freePages"> {
  journal: Pick<Storage["journal"], "remove">;
}

/** Deletes what is older than it may be, on and on. */
export class Sweeper {
  readonly #storage: SweptStorage;
  /** Answers that ended before this moment and are still there belong to conversations: they need not be looked at again. */
  #strayFrom = 0;

  constructor(storage: SweptStorage) {
    this.#storage = storage;
  }

  /**
   * Deletes what was old enough when the day (of UTC) began: what came on one day goes on one day.
   *
   * Never an answer that runs, nor one whose conversation goes on. What the signal leaves undone is done by the next sweep.
   */
  async sweep(retention: RetentionConfig, now: number, signal?: AbortSignal): Promise<Swept> {
    const today = Math.floor(now / DAY_MS) * DAY_MS;
    const beginOf = (keptMs: number | undefined) => (keptMs === undefined ? undefined : today - keptMs);
    const { expiry, measures, freePages } = this.#storage;
    const ofConversations = await this.#sweepConversations(beginOf(retention.conversationsMs), now, signal);
    const strays = await this.#sweepStrays(beginOf(retention.answersMs), signal);
    const changesBefore = beginOf(retention.auditMs);
    return {
      conversations: ofConversations.conversations,
      answers: ofConversations.answers + strays,
      measures: await measures.forgetSingle(beginOf(retention.measuresMs)),
      auditEntries: changesBefore === undefined ? 0 : await expiry.forgetChanges(changesBefore),
      freedBytes: await freePages(),
    };
  }

  async #sweepConversations(before: number | undefined, now: number, signal: AbortSignal | undefined) {
    const { expiry, conversations: store, journal } = this.#storage;
    let [conversations, answers] = [0, 0];
    if (before === undefined) return { conversations, answers };
    for (;;) {
      const ids = await expiry.conversationsUntouchedSince(before, AT_ONCE);
      for (const id of ids) {
        if (signal?.aborted) return { conversations, answers };
        if (!(await expiry.removeConversation(id, before, now))) continue;
        answers += await purgeConversation(id, { store, journal });
        conversations += 1;
      }
      if (ids.length < AT_ONCE) return { conversations, answers };
    }
  }

  async #sweepStrays(before: number | undefined, signal: AbortSignal | undefined): Promise<number> {
    if (before === undefined || before <= this.#strayFrom) return 0;
    const { expiry, journal } = this.#storage;
    for (let swept = 0; ; ) {
      if (signal?.aborted) return swept;
      const found = await expiry.strayAnswers(this.#strayFrom, before, AT_ONCE);
      const answerIds = found.map(({ answerId }) => answerId);
      if (answerIds.length > 0) {
        // The record first: an answer whose deletion was cut off is still found by its journal.
        await expiry.removeRecords(answerIds);
        await journal.remove(answerIds);
        swept += answerIds.length;
      }
      if (found.length < AT_ONCE) {
        this.#strayFrom = before;
        return swept;
      }
      this.#strayFrom = found.at(-1)?.endedAt ?? this.#strayFrom;
    }
  }
}
