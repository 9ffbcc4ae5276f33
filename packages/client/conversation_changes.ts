import type { Calls } from "./calls.ts";
import { isTransient } from "./errors.ts";
import { Patience, type Surroundings } from "./patience.ts";
import type { ConnectionPolicy } from "./policy.ts";

/** How long the server is asked to wait for news: below what proxies allow a silent request. */
const WAIT_MS = 25_000;

/**
 * Tells which conversations have changed, for as long as it is iterated over; `undefined` says that any may have.
 *
 * It begins with `undefined`, so that who reads everything then misses nothing after. While the server can't be reached it keeps trying:
 * unlike an answer, this has no end that could be missed.
 *
 * @throws {FailureError} What the server refuses, such as `unauthenticated`.
 */
export async function* watchChanges(
  signal: AbortSignal,
  { calls, policy, surroundings }: { calls: Calls; policy: ConnectionPolicy; surroundings: Surroundings },
): AsyncGenerator<readonly string[] | undefined, void, undefined> {
  const { clock } = surroundings;
  const patience = new Patience({ ...policy, giveUpAfterMs: Number.POSITIVE_INFINITY }, surroundings);
  let cursor: string | undefined;
  while (!signal.aborted) {
    const waitMs = cursor === undefined ? 0 : WAIT_MS;
    const since = clock.now();
    try {
      const news = await calls.call((options) => calls.trpc.conversations.changes.query({ cursor, waitMs }, options), {
        signal,
        waitMs,
      });
      cursor = news.cursor;
      if (news.conversationIds?.length === 0) {
        // Let go before its time: the server is about to stop, and would be asked again without a pause.
        if (clock.now() - since < waitMs / 2) await patience.afterFailure(undefined, signal);
        continue;
      }
      patience.restore();
      yield news.conversationIds;
    } catch (error) {
      if (signal.aborted) return;
      if (!isTransient(error)) throw error;
      await patience.afterFailure(error, signal).catch(() => {});
    }
  }
}
