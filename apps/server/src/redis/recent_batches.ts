/** A batch as it was written. */
export interface WrittenBatch {
  first: number;
  last: number;
  isEnd: boolean;
  text: string;
}

/** Longer than Redis takes to sync its file or to feed its replicas, in milliseconds. */
const KEPT_MS = 5_000;

/** Of one answer: many times what a model says in that time. */
const MOST = 512;

/**
 * What was acknowledged lately, by whoever holds the lease.
 *
 * A Redis that was killed with its machine, or whose replica became the master, can come back without the last moments that it had
 * acknowledged. Their writer still has them: so nothing is lost as long as not both die at once.
 */
export class RecentBatches {
  readonly #answers = new Map<string, { batch: WrittenBatch; at: number }[]>();

  note(answerId: string, batch: WrittenBatch): void {
    const now = performance.now();
    const kept = this.#answers.get(answerId) ?? [];
    kept.push({ batch, at: now });
    if (kept.length > MOST || now - (kept[0]?.at ?? now) > 2 * KEPT_MS) {
      // Drawn seldom, so that a note costs its own length on average.
      kept.splice(
        0,
        Math.max(
          kept.length - MOST / 2,
          kept.findIndex(({ at }) => now - at <= KEPT_MS),
        ),
      );
    }
    this.#answers.set(answerId, kept);
  }

  /** The batches after one sequence and before another, without a gap; `undefined` if not all are here. */
  between(answerId: string, after: number, before: number): WrittenBatch[] | undefined {
    const kept = (this.#answers.get(answerId) ?? []).map(({ batch }) => batch);
    const missing = kept.filter(({ first, last }) => first > after && last < before);
    const isWhole = missing[0]?.first === after + 1 && missing.at(-1)?.last === before - 1;
    return isWhole ? missing : undefined;
  }

  forget(answerId: string): void {
    this.#answers.delete(answerId);
  }
}
