import { readKnownAuthSecret } from "../auth/mod.ts";
import type { Config } from "../config/mod.ts";
import { readSharedSecret } from "./shared_secret.ts";

/**
 * What the servers of a configuration sign passes with; `undefined` if there is nothing yet. Nothing is made.
 *
 * @throws {StorageOpenError} If it is in a database that can't be opened.
 */
export async function readKnownSecret({
  dataDirectory,
  shared,
}: Pick<Config, "dataDirectory" | "shared">): Promise<string | undefined> {
  if (shared === undefined) return readKnownAuthSecret(dataDirectory);
  const { openPostgresStorage } = await import("../storage/postgres/mod.ts");
  const storage = await openPostgresStorage({ url: shared.databaseUrl.reveal(), connections: 1 });
  try {
    return await readSharedSecret(storage.kysely, "sign-in");
  } finally {
    await storage.close();
  }
}
