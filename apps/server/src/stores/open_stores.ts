import type { Bilingual } from "@cogniforge/core/events";
import type { Config } from "../config/mod.ts";
import type { CommitObserver, MakeRecord } from "../storage/mod.ts";
import { openEmbeddedStores } from "./embedded_stores.ts";
import type { Stores } from "./stores.ts";

export interface OpenStoresOptions {
  config: Pick<Config, "dataDirectory" | "shared">;
  /** Told of every transaction of the embedded journal. */
  onCommit: CommitObserver;
  /** For answers whose journal is archived before they have their record. */
  makeRecord: MakeRecord;
  onError: (error: unknown, what: string) => void;
  /** Told what works, but not as safely as it could. */
  onWarning: (warning: Bilingual) => void;
}

/**
 * Opens what the configuration names: the embedded file, or PostgreSQL and Redis for many replicas.
 *
 * @throws {StorageOpenError} If the database can't be opened.
 * @throws {RedisOpenError} If Redis can't be.
 */
export async function openStores(options: OpenStoresOptions): Promise<Stores> {
  const { config, onCommit, makeRecord, onError, onWarning } = options;
  const { dataDirectory: directory, shared } = config;
  if (shared === undefined) return openEmbeddedStores({ directory, onCommit });
  const { openSharedStores } = await import("./shared_stores.ts");
  const { databaseUrl, redisUrl, durability } = shared;
  return openSharedStores({
    databaseUrl: databaseUrl.reveal(),
    redisUrl: redisUrl.reveal(),
    durability,
    makeRecord,
    onError,
    onWarning,
  });
}
