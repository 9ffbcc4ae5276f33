import { once } from "node:events";
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { usePostgres } from "../../../test/real_postgres.ts";
import type { StorageOpenError } from "../mod.ts";
import { POSTGRES_MIGRATIONS } from "./migrations/mod.ts";
import { openPostgresStorage, type PostgresStorage } from "./mod.ts";

const postgres = await usePostgres("the tests of opening PostgreSQL, and of several servers on it");
const withPostgres = test.runIf(postgres !== undefined);
const SOON = { timeout: 10_000 };
const server = postgres as NonNullable<typeof postgres>;

/** What an opening was refused with, after how many milliseconds. */
async function refusalOf(url: string): Promise<{ error: StorageOpenError; ms: number }> {
  const startedAt = performance.now();
  const error = await openPostgresStorage({ url }).then(
    () => expect.unreachable("It opened"),
    (reason: unknown) => reason as StorageOpenError,
  );
  return { error, ms: performance.now() - startedAt };
}

function changed(url: string, change: (url: URL) => void): string {
  const parsed = new URL(url);
  change(parsed);
  return parsed.href;
}

/** Expects a refusal in both languages, in time, with a remedy and without the password. */
async function expectRefusal(url: string, reason: string, texts: [english: RegExp, arabic: RegExp]): Promise<void> {
  const { error, ms } = await refusalOf(url);
  expect(error).toMatchObject({ name: "StorageOpenError", reason });
  expect(error.text.en).toMatch(texts[0]);
  expect(error.text.ar).toMatch(texts[1]);
  expect(ms).toBeLessThan(5_000);
  const { password } = new URL(url);
  for (const secret of [password, decodeURIComponent(password)]) {
    const told = `${error.format()}\n${error.stack}\n${JSON.stringify(error)}\n${String(error.cause)}`;
    expect(told).not.toContain(secret);
  }
}

test("openPostgresStorage() tells of a host that can't be reached, or that says nothing", async () => {
  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as { port: number };
  const sockets = new Set<{ destroy(): void }>();
  silent.on("connection", (socket) => sockets.add(socket));
  const secret = "s3cret%2Fpass";
  const texts: [RegExp, RegExp] = [
    /user:\*\*\*@.*cannot be reached.*Check that PostgreSQL runs/s,
    /يتعذّر الوصول.*تحقّق/s,
  ];
  await expectRefusal(`postgres://user:${secret}@127.0.0.1:1/records`, "unreachable", texts);
  await expectRefusal(`postgres://user:${secret}@no-such-host.invalid/records`, "unreachable", texts);
  await expectRefusal(`postgres://user:${secret}@127.0.0.1:${port}/records`, "unreachable", texts);
  for (const socket of sockets) socket.destroy();
  silent.close();
}, 20_000);

test("openPostgresStorage() shows nothing of an address that is none", async () => {
  for (const url of ["", "s3cret", "postgres://user:s3cret@host", "mysql://u:s3cret@h/d", "postgres://u:s3c ret@[/x"]) {
    const { error } = await refusalOf(url);
    expect(error).toMatchObject({ name: "StorageOpenError", reason: "unreachable" });
    expect(error.cause).toBeUndefined();
    expect(`${error.format()}${error.stack}`).not.toMatch(/s3c|mysql/);
  }
});

withPostgres("openPostgresStorage() tells of a wrong password, a missing database and missing rights", async () => {
  const url = await server.create();
  const wrong = changed(url, (at) => {
    at.password = "wr0ng/word";
  });
  await expectRefusal(wrong, "sign-in-refused", [/refuses the user or the password/, /يرفض PostgreSQL/]);
  const missing = changed(url, (at) => {
    at.pathname = "/not_there";
  });
  await expectRefusal(missing, "no-such-database", [/no such database.*CREATE DATABASE/s, /لا توجد قاعدة/]);
  const role = `guest_${Date.now()}`;
  await server.run(`CREATE ROLE ${role} LOGIN PASSWORD 'gu3st-word'`);
  onTestFinished(async () => {
    await server.run(`DROP ROLE ${role}`);
  });
  const guest = changed(url, (at) => {
    at.username = role;
    at.password = "gu3st-word";
  });
  await server.run("REVOKE CREATE ON SCHEMA public FROM PUBLIC", url);
  await expectRefusal(guest, "no-rights", [/may not do what is needed.*GRANT ALL/s, /الصلاحيات/]);
});

withPostgres(
  "openPostgresStorage() tells of a server that is too old, and of a database that is not UTF-8",
  async () => {
    const url = await server.create();
    // A server that says of itself that it is older: its own function comes after one of that name.
    await server.run(
      `CREATE SCHEMA older;
     CREATE FUNCTION older.current_setting(name text) RETURNS text LANGUAGE sql
     AS $$ SELECT CASE name WHEN 'server_version_num' THEN '130014' ELSE '13.14' END $$`,
      url,
    );
    const older = changed(url, (at) => at.searchParams.set("options", "-c search_path=older,pg_catalog,public"));
    await expectRefusal(older, "server-too-old", [/older than version 14 \(found 13.14\)/, /أقدم من 14/]);
    await server.run("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'");
    onTestFinished(async () => {
      await server.run("DROP DATABASE latin WITH (FORCE)");
    });
    const latin = changed(url, (at) => {
      at.pathname = "/latin";
    });
    await expectRefusal(latin, "not-utf8", [/not encoded as UTF-8 \(found LATIN1\)/, /ليس UTF-8/]);
  },
);

withPostgres("openPostgresStorage() refuses a schema that a newer version wrote, and leaves it alone", async () => {
  const url = await server.create();
  await (await openPostgresStorage({ url })).close();
  await server.run("INSERT INTO kysely_migration VALUES ('p9999_from_the_future', '2030-01-01')", url);
  await expectRefusal(url, "newer-schema", [/newer version wrote it.*p9999_from_the_future/s, /إصدارًا أحدث/]);
});

withPostgres("openPostgresStorage() makes the schema once, however many servers start at the same moment", async () => {
  const url = await server.create();
  const opened = await Promise.all(Array.from({ length: 5 }, () => openPostgresStorage({ url, connections: 2 })));
  expect(await server.run("SELECT name FROM kysely_migration", url)).toEqual(
    Object.keys(POSTGRES_MIGRATIONS).map((name) => ({ name })),
  );
  expect(await Promise.all(opened.map((one) => one.isHealthy()))).toEqual([true, true, true, true, true]);
  await Promise.all(opened.map((one) => one.close()));
});

/** Several servers on one database. */
async function replicas(count: number): Promise<PostgresStorage[] & AsyncDisposable> {
  const url = await server.create();
  const opened = await Promise.all(Array.from({ length: count }, () => openPostgresStorage({ url, connections: 4 })));
  return Object.assign(opened, {
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map((one) => one.close()));
    },
  });
}

const KEY = {
  owner: "user:1",
  name: "Key",
  hint: "cf-…",
  createdAt: 1,
  routes: [],
  limits: {},
  isSuspended: false,
};

withPostgres(
  "PostgresStorage.hasForeignChanges() is true once after another server has changed keys, and never after its own",
  async () => {
    await using servers = await replicas(2);
    const [mine, theirs] = servers as unknown as [PostgresStorage, PostgresStorage];
    await mine.apiKeys.insert({ ...KEY, id: "a", hash: "a" });
    await expect.poll(() => theirs.hasForeignChanges(), SOON).toBe(true);
    expect(theirs.hasForeignChanges()).toBe(false);
    expect(mine.hasForeignChanges()).toBe(false);
    // The last use and what is spent change nothing of what a key may do.
    await mine.apiKeys.noteUse(new Map([["a", 5]]));
    await mine.apiKeys.addSpending("a", "2026-11-23", { usd: 1, tokens: 1 });
    await theirs.apiKeys.revoke("a", 9);
    await expect.poll(() => mine.hasForeignChanges(), SOON).toBe(true);
    expect(theirs.hasForeignChanges()).toBe(false);
  },
);

withPostgres("several servers change a route at the same moment: one wins, and the others are told", async () => {
  await using servers = await replicas(3);
  const version = (route: string, principal: string) => ({ route, at: 1, principal, principalName: "", settings: {} });
  for (let after = 0, round = 0; round < 10; round++) {
    const made = await Promise.all(
      servers.map((one, index) => one.routeVersions.add(version("default", `user:${index}`), after)),
    );
    const [winner, ...others] = made.filter((one) => one !== undefined);
    expect(others).toEqual([]);
    after = winner?.version ?? expect.unreachable("None won");
  }
  expect(await servers[0]?.routeVersions.of("default")).toHaveLength(10);
});

withPostgres("several servers write into the log of changes in the order of its ids", async () => {
  await using servers = await replicas(3);
  const [reader] = servers as unknown as [PostgresStorage];
  const entry = { at: 1, principal: "user:1", principalName: "", action: "a", object: "", detail: {} };
  let isWriting = true;
  const seen: number[] = [];
  const reading = (async () => {
    // Whatever appears, appears above everything that was there: nobody who pages on from the top misses it.
    for (let [from, isLast] = [0, false]; !isLast; ) {
      isLast = !isWriting;
      const { entries } = await reader.auditLog.list({ limit: 500 });
      const news = entries.map(({ id }) => id).filter((id) => !seen.includes(id));
      expect(Math.min(...news, Number.POSITIVE_INFINITY)).toBeGreaterThan(from);
      seen.push(...news.toReversed());
      from = seen.at(-1) ?? 0;
    }
  })();
  await Promise.all(servers.flatMap((one) => Array.from({ length: 30 }, () => one.auditLog.add(entry)))).finally(() => {
    isWriting = false;
  });
  await reading;
  expect(new Set(seen).size).toBe(90);
});

withPostgres("several servers add what a key has spent, and lose none of it", async () => {
  await using servers = await replicas(3);
  const [first] = servers as unknown as [PostgresStorage];
  for (const id of ["a", "b"]) await first.apiKeys.insert({ ...KEY, id, hash: id });
  const uses = [
    new Map([
      ["a", 5],
      ["b", 9],
    ]),
    new Map([
      ["b", 7],
      ["a", 8],
    ]),
  ];
  await Promise.all(
    servers.flatMap((one) =>
      Array.from({ length: 20 }, (_, index) => [
        one.apiKeys.addSpending("a", "2026-11-23", { usd: 0.5, tokens: 10 }),
        one.apiKeys.noteUse(uses[index % 2] as Map<string, number>),
      ]).flat(),
    ),
  );
  expect((await first.apiKeys.spendings("2026-11-23")).get("a")).toMatchObject({
    totalUsd: 30,
    totalTokens: 600,
    answers: 60,
  });
  expect((await first.apiKeys.all()).map(({ lastUsedAt }) => lastUsedAt)).toEqual([8, 9]);
});

withPostgres("several servers do work in turn, and each needs no more connections than it has", async () => {
  await using servers = await replicas(2);
  let busy = 0;
  const most: number[] = [];
  await Promise.all(
    servers.flatMap((one) =>
      Array.from({ length: 8 }, () =>
        one.inTurn(async () => {
          busy += 1;
          await one.kysely
            .transaction()
            .execute((transaction) => transaction.selectFrom("api_keys").selectAll().execute());
          most.push(busy);
          busy -= 1;
        }),
      ),
    ),
  );
  expect(most).toEqual(Array.from({ length: 16 }, () => 1));
});
