/** Tables that are read and written through Kysely; the journal's own stand in `sqlite_journal.ts`. Times are epoch milliseconds. */
export interface StorageSchema {
  conversations: {
    id: string;
    owner: string;
    title: string;
    created_at: number;
    updated_at: number;
  };
  turns: {
    conversation_id: string;
    /** Order of asking, from 1. */
    position: number;
    answer_id: string;
    question: string;
    asked_at: number;
  };
  answer_records: {
    answer_id: string;
    owner: string;
    conversation_id: string | null;
    route: string;
    created_at: number;
    text: string;
    reasoning: string;
    /** JSON. */
    tool_calls: string;
    /** JSON. */
    end_event: string;
  };
  prefill_memory: {
    /** `provider/model`. */
    target: string;
    accepts: number;
    learned_at: number;
    /** How the target's provider was set up then. */
    setting: string;
  };
  health_checks: {
    id: number;
    checked_at: number;
  };
}
