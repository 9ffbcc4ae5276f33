import type { Bilingual } from "@cogniforge/core/events";
import { type Durability, RedisBreakers, RedisConnection, RedisJournal, RedisLimitStore } from "../redis/mod.ts";
import type { MakeRecord } from "../storage/mod.ts";
import { openPostgresStorage } from "../storage/postgres/mod.ts";
import { RecordedArchive } from "./recorded_archive.ts";
import { RedisReplicas } from "./redis_replicas.ts";
import { readOrCreateSharedSecret } from "./shared_secret.ts";
import type { Stores } from "./stores.ts";

export interface SharedStoresOptions {
  databaseUrl: string;
  redisUrl: string;
  durability: Durability;
  makeRecord: MakeRecord;
  onError: (error: unknown, what: string) => void;
  /** Told what works, but not as safely as it could. */
  onWarning: (warning: Bilingual) => void;
}

/**
 * Many processes over one PostgreSQL and one Redis.
 *
 * @throws {StorageOpenError} If the database can't be opened; within seconds, with what to do and without a password.
 * @throws {RedisOpenError} If Redis can't be.
 */
export async function openSharedStores(options: SharedStoresOptions): Promise<Stores> {
  const { databaseUrl, redisUrl, durability, makeRecord, onError, onWarning } = options;
  // Both at once, so that whoever has both addresses wrong does not wait twice; the database's fault is told first.
  const connecting = RedisConnection.open(redisUrl, { durability });
  connecting.catch(() => {});
  const storage = await openPostgresStorage({ url: databaseUrl }).catch(async (error: unknown) => {
    await connecting.then(
      (connection) => connection.close(),
      () => {},
    );
    throw error;
  });
  const connection = await connecting.catch(async (error: unknown) => {
    await storage.close();
    throw error;
  });
  for (const warning of connection.warnings) onWarning(warning);
  const { archive } = storage;
  const live = new RedisJournal({
    connection,
    archive: new RecordedArchive({ archive, records: storage.records, makeRecord }),
    onError: (error, answerId) => onError(error, `The journal of ${answerId} could not be archived yet`),
  });
  const limits = new RedisLimitStore({ connection });
  const replicas = new RedisReplicas(connection, (error) => onError(error, "Other replicas could not be told"));
  const journal = Object.assign(live, {
    /** Also from the archive, where Redis has long let go of them. */
    remove: async (answerIds: readonly string[]) => {
      await RedisJournal.prototype.remove.call(live, answerIds);
      await archive.remove(answerIds);
    },
  });
  return {
    records: storage,
    journal,
    limits,
    replicas,
    breakers: new RedisBreakers({ connection }),
    secret: await readOrCreateSharedSecret(storage.kysely, "sign-in"),
    isHealthy: async () => (await Promise.all([storage.isHealthy(), connection.isHealthy()])).every(Boolean),
    async close() {
      await journal.close();
      replicas.close();
      limits.close();
      await connection.close();
      await storage.close();
    },
  };
}
