import type { Config } from "../config/mod.ts";
import { openKeyStorage as openEmbedded } from "../storage/key_storage.ts";
import type { ApiKeyStore, AuditLog } from "../storage/mod.ts";

/** What the keys of programs are managed with. */
export interface KeyStorage extends AsyncDisposable {
  apiKeys: ApiKeyStore;
  auditLog: AuditLog;
}

/**
 * Opens the keys beside the servers that may run; they see what is changed by themselves.
 *
 * @throws {StorageOpenError} If there is no database, or it can't be used.
 */
export async function openKeyStorage({
  dataDirectory,
  shared,
}: Pick<Config, "dataDirectory" | "shared">): Promise<KeyStorage> {
  if (shared === undefined) {
    const { apiKeys, auditLog, ...storage } = openEmbedded(dataDirectory);
    return { apiKeys, auditLog, [Symbol.asyncDispose]: async () => storage[Symbol.dispose]() };
  }
  const { openPostgresStorage } = await import("../storage/postgres/mod.ts");
  const { apiKeys, auditLog, close } = await openPostgresStorage({ url: shared.databaseUrl.reveal(), connections: 2 });
  return { apiKeys, auditLog, [Symbol.asyncDispose]: close };
}
