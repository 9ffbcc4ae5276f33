import type { KnownJournals } from "./kysely_expiry.ts";

/** Where the journal stands in the same database, all is known of it. */
export const SQLITE_JOURNALS: KnownJournals = {
  ended: "journal_heads",
  hasRunning: ({ exists, selectFrom }) =>
    exists(
      selectFrom("turns")
        .innerJoin("journal_heads", "journal_heads.answer_id", "turns.answer_id")
        .select("turns.answer_id")
        .whereRef("turns.conversation_id", "=", "conversations.id")
        .where("journal_heads.is_ended", "=", 0),
    ),
};
