// Backup, restore and export of a set-up on PostgreSQL and Redis, as an operator does them.

import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { openPostgresStorage } from "../src/storage/postgres/mod.ts";
import { cogniforge, workFolder } from "./_command.ts";
import { Faucet } from "./_faucet.ts";
import { describeWithRedis, startRedis } from "./_redis.ts";
import { oneProvider, startServer, type TestServer } from "./_server.ts";
import { openSse } from "./_sse_reader.ts";
import { chatStream, EVENT_STREAM, STOP, startUpstream } from "./_upstream.ts";
import { usePostgres } from "./real_postgres.ts";

const postgres = await usePostgres("backup and restore of PostgreSQL and Redis");
const withPostgres = test.runIf(postgres !== undefined);

// Every command is a program of its own, which loads a part of the server.
vi.setConfig({ testTimeout: 180_000 });

const SSE = "/admin/api/chat/stream";
const FIRST = "The first answer is whole: كاملة.";
const HALF = "The second one was cut ";
const REST = "in two, and goes on in another place, word by word, until nothing of it is missing.";

/** Asks with a cookie; resolves once the text is there that the provider has given so far. */
async function ask(server: TestServer, cookie: string, question: string, text: string): Promise<string> {
  const reader = await openSse(`${server.url}${SSE}`, {
    method: "POST",
    body: JSON.stringify({ question }),
    headers: { cookie, "content-type": "application/json" },
    isAnonymous: true,
  });
  await reader.until(({ raw }) => raw.includes(text));
  return String(reader.headers["x-answer-id"]);
}

/** An answer as its owner sees it, once it has ended. */
async function endedView(server: TestServer, cookie: string, answerId: string): Promise<{ text: string }> {
  const reader = await openSse(`${server.url}/v1/answers/${answerId}/stream`, {
    headers: { cookie },
    isAnonymous: true,
  });
  await reader.closed;
  const response = await server.fetch(`/v1/answers/${answerId}`, { headers: { cookie } });
  expect(response.status, "whoever was signed in still is").toBe(200);
  return (await response.json()) as { text: string };
}

describeWithRedis("Backup and restore of many replicas", () => {
  withPostgres(
    "a backup of PostgreSQL and Redis is restored into others, and into a data folder: what ended is there, what ran goes on",
    async () => {
      const faucet = new Faucet();
      let calls = 0;
      await using upstream = await startUpstream(() => {
        calls += 1;
        if (calls === 2) return { headers: EVENT_STREAM, pieces: faucet };
        return { headers: EVENT_STREAM, pieces: chatStream(calls === 1 ? FIRST : REST, STOP) };
      });
      await using redis = await startRedis();
      await using folder = await workFolder();
      const config = oneProvider(upstream.url);
      const DATABASE_URL = (await postgres?.create()) ?? "";
      const from = { DATABASE_URL, REDIS_URL: redis.url };
      const run = (args: string[], environment: Record<string, string>) =>
        cogniforge(args, { directory: folder.path, environment });
      const file = join(folder.path, "copies", "all.sqlite");
      let [cookie, first, second] = ["", "", ""];
      {
        await using server = await startServer({ environment: from, config, hasAdministrator: true });
        cookie = await server.signIn();
        first = await ask(server, cookie, "أول", "كاملة");
        await endedView(server, cookie, first);
        const asking = ask(server, cookie, "second", HALF);
        faucet.pour(...chatStream(HALF).slice(0, -1));
        second = await asking;

        const backup = await run(["backup", "copies/all.sqlite"], from);
        expect(backup).toMatchObject({ code: 0, stderr: expect.stringContaining("conversations: 2, answers: 2") });
        expect((await readdir(join(folder.path, "copies"))).toSorted()).toEqual([
          "all.sqlite",
          "all.sqlite.auth_secret",
        ]);
        expect((await stat(`${file}.auth_secret`)).mode & 0o777).toBe(0o600);
        expect(await run(["backup", "copies/all.sqlite"], from)).toMatchObject({ code: 2 });

        expect(await run(["export", "--out", "out"], from)).toMatchObject({ code: 0 });
        expect(await readFile(join(folder.path, "out", "أول.md"), "utf8")).toContain(FIRST);
        expect(await readFile(join(folder.path, "out", "second.md"), "utf8")).toContain(HALF.trim());
        expect(await run(["export", "--owner", "nobody@example.com"], from)).toMatchObject({
          code: 1,
          stderr: expect.stringContaining("admin@example.com (2)"),
        });

        const used = await run(["restore", "copies/all.sqlite"], from);
        expect(used).toMatchObject({ code: 1, stderr: expect.stringMatching(/in use by 1 servers[\s\S]+مستعملة/) });
      }
      const other = await openPostgresStorage({ url: DATABASE_URL });
      await other.conversations.create("user:1", { id: "later", title: "", at: 1 });
      await other.close();
      const full = await run(["restore", "copies/all.sqlite"], from);
      expect(full).toMatchObject({ code: 1, stderr: expect.stringMatching(/holds other data[\s\S]+بيانات أخرى/) });

      await using newRedis = await startRedis();
      const to = { DATABASE_URL: (await postgres?.create()) ?? "", REDIS_URL: newRedis.url };
      const restored = await run(["restore", "copies/all.sqlite", "--lang", "ar"], to);
      expect(restored).toMatchObject({ code: 0, stderr: expect.stringContaining("(المحادثات: 2)") });
      expect(restored.stderr).not.toContain(decodeURIComponent(new URL(to.DATABASE_URL).password));
      const environment = { COGNIFORGE_DATA_DIR: join(folder.path, "data") };
      expect(await run(["restore", "copies/all.sqlite"], environment)).toMatchObject({ code: 0 });

      for (const place of [to, environment]) {
        const before = calls;
        await using server = await startServer({ environment: place, config });
        expect((await endedView(server, cookie, first)).text).toBe(FIRST);
        const { text } = await endedView(server, cookie, second);
        expect(text.startsWith(HALF)).toBe(true);
        expect(text.endsWith("until nothing of it is missing.")).toBe(true);
        expect(calls - before, "continued once").toBe(1);
        expect(server.errors).toEqual([]);
      }
    },
  );

  withPostgres("without Redis a backup says what is not in it; an export too", async () => {
    await using redis = await startRedis();
    await using folder = await workFolder();
    const environment = { DATABASE_URL: (await postgres?.create()) ?? "", REDIS_URL: redis.url };
    const run = (...args: string[]) => cogniforge(args, { directory: folder.path, environment });
    const none = await run("backup", "none.sqlite");
    expect(none).toMatchObject({ code: 1, stderr: expect.stringMatching(/nothing of CogniForge[\s\S]+لا شيء من/) });
    expect(
      await postgres?.run(
        "SELECT count(*)::int AS n FROM pg_tables WHERE schemaname = 'public'",
        environment.DATABASE_URL,
      ),
    ).toEqual([{ n: 0 }]);
    {
      await using server = await startServer({ environment: { ...environment, ALLOW_MOCK_LLM: "true" } });
      await (await server.post(SSE, { question: "Q" })).text();
    }
    await redis.stop();
    const backup = await run("backup", "copy.sqlite");
    expect(backup).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/Redis at[\s\S]+only those that have ended[\s\S]+answers: 1/),
    });
    expect(await run("export", "--lang", "ar")).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("ما انتهى منها"),
    });
    const gone = { ...environment, DATABASE_URL: "postgres://u:s3cret@127.0.0.1:1/d" };
    const away = await cogniforge(["backup", "away.sqlite"], { directory: folder.path, environment: gone });
    expect(away).toMatchObject({ code: 1, stderr: expect.stringMatching(/cannot be reached[\s\S]+يتعذّر الوصول/) });
    expect(away.stderr).not.toContain("s3cret");
    expect(existsSync(join(folder.path, "away.sqlite"))).toBe(false);
    expect((await readdir(folder.path)).filter((name) => name.includes("partial"))).toEqual([]);
  });
});
