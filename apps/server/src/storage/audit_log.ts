/** Who changed what, and when; never edited. */
export interface AuditEntry {
  /** Grows with every entry. */
  id: number;
  /** Epoch milliseconds. */
  at: number;
  /** `user:…` or `key:…`. */
  principal: string;
  /** The principal's name at that time. */
  principalName: string;
  /** A kebab literal, noun then action: `route-changed`. */
  action: string;
  /** What was acted on: a route's name, a key's id. */
  object: string;
  /** Whatever JSON explains the change; no secrets. */
  detail: unknown;
}

/** Options for {@linkcode AuditLog.list}. */
export interface ListAuditOptions {
  limit: number;
  /** Where a page before ended. */
  cursor?: number | undefined;
}

/** Newest first. */
export interface AuditPage {
  entries: AuditEntry[];
  /** Absent on the last page. */
  nextCursor?: number;
}

/** The store of who changed what. */
export interface AuditLog {
  add(entry: Omit<AuditEntry, "id">): Promise<void>;
  list(options: ListAuditOptions): Promise<AuditPage>;
}
