import type { RowCounts } from "../storage/backup.ts";

/** What a backup holds. */
export interface BackedUp {
  counts: RowCounts;
  bytes: number;
  /** What sessions are signed with, where there is anything. */
  secret: string | undefined;
}
