/** A table that both databases have under the same name, with the same columns. */
export interface CopiedTable {
  name: string;
  /** Tells its rows apart. */
  key: readonly string[];
  /** The column whose next value the target gives by itself. */
  counted?: string;
}

/** In an order in which no row comes before one that it refers to. What the sign-in counts of tries is not worth a copy. */
export const COPIED_TABLES: readonly CopiedTable[] = [
  { name: "user", key: ["id"] },
  { name: "account", key: ["id"] },
  { name: "session", key: ["id"] },
  { name: "verification", key: ["id"] },
  { name: "conversations", key: ["id"] },
  { name: "turns", key: ["conversation_id", "position"] },
  { name: "project_contexts", key: ["answer_id"] },
  { name: "answer_records", key: ["answer_id"] },
  { name: "answer_measures", key: ["measure_key"], counted: "measure_key" },
  { name: "measure_sums", key: ["resolution_ms", "starts_at", "route", "provider", "model"] },
  { name: "measure_progress", key: ["id"] },
  { name: "prefill_memory", key: ["target"] },
  { name: "api_keys", key: ["id"] },
  { name: "api_key_spend", key: ["key_id", "day"] },
  { name: "route_versions", key: ["version"], counted: "version" },
  { name: "audit_log", key: ["id"], counted: "id" },
];
