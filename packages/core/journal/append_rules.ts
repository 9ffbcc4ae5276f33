import type { JournalEvent } from "../events/mod.ts";
import type { Lease } from "./journal.ts";
import { LeaseLostError } from "./journal.ts";

/**
 * What every journal asks of a batch before it writes any of it.
 *
 * @param lastSeq Sequence of the last event that the answer has; 0 before the first.
 * @throws {RangeError} If the sequence has a gap, or something follows the terminal event.
 */
export function checkBatch(answerId: string, lastSeq: number, events: readonly JournalEvent[]): void {
  let expected = lastSeq;
  let hasEnded = false;
  for (const { seq, type } of events) {
    expected += 1;
    if (seq !== expected) {
      throw new RangeError(
        `Cannot append to the answer '${answerId}' as its sequence must go on with ${expected}: current value is ${seq}`,
      );
    }
    if (hasEnded) {
      throw new RangeError(`Cannot append to the answer '${answerId}' as event ${seq} follows its 'answer-end'`);
    }
    hasEnded = type === "answer-end";
  }
}

/** The refusal of a lease that no longer gives the right to append. */
export function leaseLost(lease: Lease, isEnded: boolean): LeaseLostError {
  const { answerId, holder, epoch } = lease;
  const reason = isEnded ? "the answer has ended" : "another holder has taken it";
  return new LeaseLostError(`Cannot use the lease of '${holder}' (epoch ${epoch}) on '${answerId}' as ${reason}`);
}
