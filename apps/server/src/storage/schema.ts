import type { Generated } from "kysely";

/** Tables that are read and written through Kysely; the journal's own stand in `sqlite_journal.ts`. Times are epoch milliseconds. */
export interface StorageSchema {
  conversations: {
    id: string;
    owner: string;
    title: string;
    created_at: number;
    updated_at: number;
    archived_at: number | null;
    /** Removed, and can still be restored. */
    deleted_at: number | null;
    /** The last turn of the branch that is shown. */
    shown_turn: string | null;
  };
  turns: {
    conversation_id: string;
    /** Order of asking, from 1. */
    position: number;
    answer_id: string;
    /** The turn that this one follows; none for a first question. */
    parent_id: string | null;
    question: string;
    asked_at: number;
  };
  /** What the rows of the full-text table `search_index` stand for. */
  search_entries: {
    entry_key: Generated<number>;
    conversation_id: string;
    part: "title" | "question" | "answer";
    /** Empty for the title. */
    turn_id: string;
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
  answer_measures: {
    /** In the order of writing. */
    measure_key: Generated<number>;
    answer_id: string;
    owner: string;
    conversation_id: string | null;
    ended_at: number;
    route: string;
    /** With `model`: the target that wrote the end of the text; empty if none wrote anything. */
    provider: string;
    model: string;
    /** JSON of `AnswerMeasures`. */
    measures: string;
  };
  measure_sums: {
    resolution_ms: number;
    /** A multiple of the resolution since the epoch. */
    starts_at: number;
    route: string;
    provider: string;
    model: string;
    /** JSON of `AnswerSumsData`. */
    sums: string;
  };
  measure_progress: {
    id: number;
    /** The last `measure_key` that is in the sums. */
    summed_up_to: number;
  };
  prefill_memory: {
    /** `provider/model`. */
    target: string;
    accepts: number;
    learned_at: number;
    /** How the target's provider was set up then. */
    setting: string;
  };
  project_contexts: {
    answer_id: string;
    conversation_id: string;
    project: string;
    version: string;
    text: string;
    /** Of the text, so that it need not be read for it. */
    length: number;
    /** JSON. */
    sections: string;
  };
  route_versions: {
    version: Generated<number>;
    route: string;
    at: number;
    principal: string;
    principal_name: string;
    /** JSON; null where the route went back to the configuration. */
    settings: string | null;
    /** The version that this one brought back. */
    restored: number | null;
  };
  audit_log: {
    id: Generated<number>;
    at: number;
    principal: string;
    principal_name: string;
    action: string;
    object: string;
    /** JSON. */
    detail: string;
  };
  api_keys: {
    id: string;
    owner: string;
    name: string;
    hash: string;
    hint: string;
    created_at: number;
    expires_at: number | null;
    last_used_at: number | null;
    /** JSON. */
    routes: string;
    /** JSON. */
    limits: string;
    revoked_at: number | null;
    is_suspended: number;
  };
  api_key_spend: {
    key_id: string;
    /** Of UTC, such as `2026-11-23`. */
    day: string;
    usd: number;
    tokens: number;
    answers: number;
  };
  /** Of the journal, as far as others ask for it. */
  journal_heads: {
    answer_id: string;
    is_ended: number;
    /** Absent while the answer runs. */
    ended_at: number | null;
  };
  /** Of the journals of ended answers that are kept here, on PostgreSQL alone. */
  archived_journals: {
    answer_id: string;
    owner: string;
    created_at: number;
    ended_at: number;
    last_seq: number;
    /** JSON. */
    ask: string;
  };
  archived_batches: {
    answer_id: string;
    last_seq: number;
    /** JSON array of stored events. */
    events: string;
  };
  health_checks: {
    id: number;
    checked_at: number;
  };
}
