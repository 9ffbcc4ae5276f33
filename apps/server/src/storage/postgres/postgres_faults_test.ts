import { sql } from "kysely";
import pg from "pg";
import { expect, test } from "vitest";
import { useOwnPostgres } from "../../../test/real_postgres.ts";
import { failureErrorOf } from "../../http/respond.ts";
import { storageFaultOf } from "../mod.ts";
import { openPostgresStorage, type PostgresStorage } from "./mod.ts";

/** Connections of the server, of which PostgreSQL keeps three for its administrators. */
const CONNECTIONS = 20;

const postgres = await useOwnPostgres("the tests of faults of PostgreSQL", [`max_connections=${CONNECTIONS}`]);
const withPostgres = test.runIf(postgres !== undefined);
const server = postgres as NonNullable<typeof postgres>;
const SOON = { timeout: 10_000 };

const KEY = { owner: "user:1", name: "", hint: "", createdAt: 1, routes: [], limits: {}, isSuspended: false };

async function opened(connections = 4): Promise<{ url: string; storage: PostgresStorage }> {
  const url = await server.create();
  return { url, storage: await openPostgresStorage({ url, connections, statementTimeoutMs: 5_000 }) };
}

withPostgres("PostgresStorage comes back by itself after PostgreSQL was restarted, and reads keys anew", async () => {
  const { storage } = await opened();
  await storage.conversations.create("user:1", { id: "c", title: "قبل", at: 1 });
  // Several idle connections, each of which hears of the end by itself.
  await Promise.all(Array.from({ length: 4 }, () => storage.isHealthy()));
  expect(storage.hasForeignChanges()).toBe(false);
  await server.stop();
  const refusal: unknown = await storage.conversations.find("user:1", "c").catch((error: unknown) => error);
  expect(storageFaultOf(refusal)).toBe("unreachable");
  const { info } = failureErrorOf(refusal);
  expect(info).toMatchObject({ code: "storage", message: { en: expect.stringContaining("cannot be reached") } });
  expect(info.message.ar).toContain("يتعذّر الوصول إلى PostgreSQL");
  expect(await storage.isHealthy()).toBe(false);
  await server.start();
  expect(await storage.conversations.find("user:1", "c")).toMatchObject({ title: "قبل" });
  expect(await storage.isHealthy()).toBe(true);
  // What changed while nothing was heard may have been missed.
  await expect.poll(() => storage.hasForeignChanges(), SOON).toBe(true);
  await storage.apiKeys.insert({ ...KEY, id: "a", hash: "a" });
  expect(storage.hasForeignChanges()).toBe(false);
  await storage.close();
});

withPostgres("PostgresStorage.close() ends while PostgreSQL is stopped, and nothing of it comes back", async () => {
  const { url, storage } = await opened();
  const other = await openPostgresStorage({ url });
  await server.stop();
  await storage.close();
  // One that has heard of the stop by a statement, and looks for its server again.
  expect(await other.isHealthy()).toBe(false);
  await other.close();
  await server.start();
  const database = new URL(url).pathname.slice(1);
  expect(await server.run(`SELECT pid FROM pg_stat_activity WHERE datname = '${database}'`)).toEqual([]);
});

withPostgres("PostgresStorage tells of a server without connections, and goes on once there is one", async () => {
  const { url, storage } = await opened();
  // One that is not an administrator: for those some connections are kept.
  await server.run("CREATE ROLE member LOGIN PASSWORD 'm' IN ROLE pg_write_all_data, pg_read_all_data");
  const address = new URL(url);
  address.username = "member";
  address.password = "m";
  const held: pg.Client[] = [];
  const hold = async (connectionString: string) => {
    const client = new pg.Client({ connectionString });
    client.on("error", () => {});
    await client.connect();
    held.push(client);
  };
  const full = await (async () => {
    for (;;) {
      try {
        await hold(url);
      } catch (error) {
        return error;
      }
    }
  })();
  expect(storageFaultOf(full)).toBe("too-many-connections");
  const refused: unknown = await openPostgresStorage({ url: address.href }).catch((error: unknown) => error);
  expect(refused).toMatchObject({
    name: "StorageOpenError",
    reason: "too-many-connections",
    message: expect.stringContaining("max_connections"),
  });
  // Those that it has already serve it; for one more there is no room.
  const results = await Promise.allSettled(
    Array.from({ length: 4 }, () =>
      storage.kysely.transaction().execute((transaction) => sql`SELECT pg_sleep(0.2)`.execute(transaction)),
    ),
  );
  const refusals = results.flatMap((one) => (one.status === "rejected" ? [storageFaultOf(one.reason)] : []));
  expect(refusals.length).toBeGreaterThan(0);
  expect(new Set(refusals)).toEqual(new Set(["too-many-connections"]));
  await Promise.all(held.map((client) => client.end()));
  await expect.poll(() => storage.isHealthy(), SOON).toBe(true);
  await storage.close();
});

withPostgres("PostgresStorage tells of a pool that is used up, and of a statement that takes too long", async () => {
  const url = await server.create();
  const storage = await openPostgresStorage({ url, connections: 1, statementTimeoutMs: 6_000 });
  const slow = sql`SELECT pg_sleep(60)`.execute(storage.kysely).catch((error: unknown) => error);
  const waiting: unknown = await storage.apiKeys.all().catch((error: unknown) => error);
  expect(storageFaultOf(waiting)).toBe("too-slow");
  expect(storageFaultOf(await slow)).toBe("too-slow");
  expect(await storage.apiKeys.all()).toEqual([]);
  await storage.close();
});

withPostgres(
  "a transaction that is cut in the middle leaves nothing behind, and its connection serves nobody else",
  async () => {
    const { url, storage } = await opened(1);
    const cut: unknown = await storage.kysely
      .transaction()
      .execute(async (transaction) => {
        const row = { id: "half", owner: "user:1", title: "", created_at: 1, updated_at: 1 };
        await transaction
          .insertInto("conversations")
          .values({ ...row, archived_at: null, deleted_at: null, shown_turn: null })
          .execute();
        await server.run(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND state = 'idle in transaction'`,
          url,
        );
        await transaction.insertInto("health_checks").values({ id: 7, checked_at: 1 }).execute();
      })
      .catch((error: unknown) => error);
    expect(storageFaultOf(cut)).toBe("unreachable");
    expect(await storage.conversations.find("user:1", "half")).toBeUndefined();
    expect(await storage.kysely.selectFrom("health_checks").selectAll().execute()).toEqual([]);
    expect(await storage.isHealthy()).toBe(true);
    await storage.close();
  },
);

withPostgres(
  "PostgresStorage waits no longer than it must for a server that fell silent, and gives its connection up",
  async () => {
    const url = await server.create();
    const storage = await openPostgresStorage({ url, connections: 1, statementTimeoutMs: 500 });
    const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(storage.kysely);
    const { pid = 0 } = rows[0] ?? {};
    process.kill(pid, "SIGSTOP");
    try {
      expect(storageFaultOf(await storage.apiKeys.all().catch((error: unknown) => error))).toBe("too-slow");
      expect(await storage.apiKeys.all()).toEqual([]);
    } finally {
      process.kill(pid, "SIGCONT");
    }
    await storage.close();
  },
);

withPostgres("PostgresStorage tells of a server that can only be read", async () => {
  const { url, storage } = await opened();
  const name = new URL(url).pathname.slice(1);
  await server.run(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
  await expect(openPostgresStorage({ url })).rejects.toMatchObject({
    reason: "server-read-only",
    message: expect.stringContaining("primary server"),
  });
  await server.run(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE pid <> pg_backend_pid() AND datname = current_database()`,
    url,
  );
  const create = () => storage.conversations.create("user:1", { id: "c", title: "", at: 1 }).catch(storageFaultOf);
  await expect.poll(create, SOON).toBe("server-read-only");
  expect(await storage.isHealthy()).toBe(false);
  await storage.close();
});
