import { readOrCreateAuthSecret } from "../auth/auth_secret.ts";
import { MemoryLimitStore } from "../limits/mod.ts";
import { type CommitObserver, openStorage } from "../storage/mod.ts";
import type { Replicas, SharedBreakers, Stores } from "./stores.ts";

/** There are no others. */
const ALONE: Replicas = {
  on() {},
  tell() {},
  ask: async () => false,
  onMissed() {},
};

/** The board of the process itself is all there is to know. */
const OWN_BREAKERS: SharedBreakers = {
  async note() {},
  open: async () => [],
};

export interface EmbeddedStoresOptions {
  /** `COGNIFORGE_DATA_DIR`; made if need be. */
  directory: string;
  /** Told of every transaction of the journal. */
  onCommit: CommitObserver;
}

/**
 * One process over one file.
 *
 * @throws {StorageOpenError} If the file can't be opened.
 */
export async function openEmbeddedStores({ directory, onCommit }: EmbeddedStoresOptions): Promise<Stores> {
  const storage = await openStorage({ directory, onCommit });
  return {
    records: storage,
    journal: storage.journal,
    limits: new MemoryLimitStore(),
    replicas: ALONE,
    breakers: OWN_BREAKERS,
    secret: await readOrCreateAuthSecret(directory),
    isHealthy: () => storage.isHealthy(),
    close: () => storage.close(),
  };
}
