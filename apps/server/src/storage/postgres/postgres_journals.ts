import type { WallClock } from "@cogniforge/core/journal";
import type { KnownJournals } from "../kysely_expiry.ts";

/** No answer runs longer: its deadline ends it, also after its server has died. */
const LONGEST_ANSWER_MS = 86_400_000;

/** What the archive tells of journals: an answer that was asked not long ago and has not come here may still run. */
export function archivedJournals(clock: WallClock): KnownJournals {
  return {
    ended: "archived_journals",
    hasRunning: ({ exists, selectFrom }) =>
      exists(
        selectFrom("turns")
          .leftJoin("archived_journals", "archived_journals.answer_id", "turns.answer_id")
          .select("turns.answer_id")
          .whereRef("turns.conversation_id", "=", "conversations.id")
          .where("turns.asked_at", ">", clock.wallTime() - LONGEST_ANSWER_MS)
          .where("archived_journals.answer_id", "is", null),
      ),
  };
}
