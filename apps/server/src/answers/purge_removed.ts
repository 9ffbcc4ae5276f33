import type { Journal } from "@cogniforge/core/journal";
import type { ConversationStore } from "../storage/conversations.ts";

/** How long a removed conversation can be restored, in milliseconds. */
export const RESTORABLE_MS = 24 * 60 * 60 * 1000;

export interface PurgeOptions {
  store: Pick<ConversationStore, "removedBefore" | "turns" | "purge">;
  journal: Pick<Journal, "find"> & { remove(answerIds: readonly string[]): Promise<void> };
  cancel: (answerId: string) => unknown;
  /** Epoch milliseconds. */
  now: number;
}

/** Deletes for good what was removed too long ago to be restored; one with an answer that still runs goes the next time. */
export async function purgeRemoved({ store, journal, cancel, now }: PurgeOptions): Promise<void> {
  for (const id of await store.removedBefore(now - RESTORABLE_MS)) {
    const answerIds = (await store.turns(id)).map(({ answerId }) => answerId);
    const entries = await Promise.all(answerIds.map((answerId) => journal.find(answerId)));
    const running = entries.flatMap((entry) => (entry?.isEnded === false ? [entry.header.answerId] : []));
    for (const answerId of running) cancel(answerId);
    if (running.length === 0) await purgeConversation(id, { store, journal });
  }
}

/** Deletes a removed conversation for good, with its answers, of which none runs; tells how many those were. */
export async function purgeConversation(
  id: string,
  {
    store,
    journal,
  }: { store: Pick<ConversationStore, "turns" | "purge">; journal: Pick<PurgeOptions["journal"], "remove"> },
): Promise<number> {
  const answerIds = (await store.turns(id)).map(({ answerId }) => answerId);
  // The journal first: a conversation whose purge was cut off is still found the next time.
  await journal.remove(answerIds);
  await store.purge(id);
  return answerIds.length;
}
