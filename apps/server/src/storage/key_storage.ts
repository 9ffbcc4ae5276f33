import type { ApiKeyStore } from "./api_keys.ts";
import type { AuditLog } from "./audit_log.ts";
import { openExisting } from "./existing_database.ts";
import { KyselyApiKeys } from "./kysely_api_keys.ts";
import { KyselyAuditLog } from "./kysely_audit_log.ts";
import { sqliteRecordDatabase } from "./sqlite_record_database.ts";

/** What the keys of programs are managed with. */
export interface KeyStorage extends Disposable {
  apiKeys: ApiKeyStore;
  auditLog: AuditLog;
}

/**
 * Opens the keys of a data folder, beside a server that may run; it sees what is changed by itself.
 *
 * @throws {StorageOpenError} If there is no database, or it can't be used.
 */
export function openKeyStorage(directory: string): KeyStorage {
  const { database, kysely } = openExisting(directory, { readOnly: false });
  return {
    apiKeys: new KyselyApiKeys(kysely),
    auditLog: new KyselyAuditLog(sqliteRecordDatabase(kysely)),
    [Symbol.dispose]: () => database.close(),
  };
}
