import type { WallClock } from "@cogniforge/core/journal";
import type { Kysely } from "kysely";
import type { AnswerRecords } from "./answer_records.ts";
import type { ApiKeyStore } from "./api_keys.ts";
import type { AuditLog } from "./audit_log.ts";
import type { ConversationStore } from "./conversations.ts";
import type { KyselyExpiry } from "./kysely_expiry.ts";
import type { KyselyPrefillMemory } from "./kysely_prefill_memory.ts";
import type { MeasureStore } from "./measure_store.ts";
import type { ProjectContexts } from "./project_contexts.ts";
import type { RouteVersions } from "./route_versions.ts";
import type { StorageSchema } from "./schema.ts";

/** Everything that is kept beside the journals, in whichever database. */
export interface RecordStorage {
  dialect: "sqlite" | "postgres";
  conversations: ConversationStore;
  records: AnswerRecords;
  measures: MeasureStore;
  apiKeys: ApiKeyStore;
  prefillMemory: KyselyPrefillMemory;
  routeVersions: RouteVersions;
  auditLog: AuditLog;
  projectContexts: ProjectContexts;
  /** Does pieces of work one after the other, also those of other servers on the same database. */
  inTurn: <Result>(work: () => Promise<Result>) => Promise<Result>;
  /** Whether somebody else has written since this was asked last: a command, or a second server. */
  hasForeignChanges(): boolean;
  /** Finds what is old enough to be deleted. */
  expiry: KyselyExpiry;
  /** The one query builder on the database: others must use it too; on SQLite its mutex keeps transactions apart. */
  kysely: Kysely<StorageSchema>;
  /** Whether a row can be written now; a full disk or a lost file says no. */
  isHealthy(): Promise<boolean>;
  /** Gives room that is free inside the file, where there is one, back to the disk; tells how many bytes. */
  freePages(): Promise<number>;
  /** Finishes what is under way and closes the database. */
  close(): Promise<void>;
}

/** Whether a row can be written now. */
export async function canWrite(kysely: Kysely<StorageSchema>, clock: WallClock): Promise<boolean> {
  const check = { checked_at: clock.wallTime() };
  try {
    await kysely
      .insertInto("health_checks")
      .values({ id: 1, ...check })
      .onConflict((conflict) => conflict.column("id").doUpdateSet(check))
      .execute();
    return true;
  } catch {
    return false;
  }
}
