import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ADMINISTRATOR, KEY, startServer, type TestServer } from "./_server.ts";
import type { Client } from "./_trpc_client.ts";
import { overHttp, watch } from "./_trpc_client.ts";
import type { Upstream } from "./_upstream.ts";
import { startUpstream, streamReply } from "./_upstream.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 });

const PROVIDER_KEY = "sk-provider-0123456789abcdef";

const SQL = [
  "'; DROP TABLE conversations; --",
  "' OR '1'='1",
  '" OR 1=1 --',
  "1); DELETE FROM user; --",
  "' UNION SELECT password FROM account --",
  "\\'; ATTACH DATABASE '/tmp/x' AS x; --",
  "%",
  "_%_%",
  "a\0b",
];

/** Words that the full-text index would read as its own language. */
const MATCH = [
  '"',
  '""',
  "*",
  "a*",
  "^a",
  "a OR b",
  "NOT a",
  "a AND (b",
  "NEAR(a b, 2)",
  "title:a",
  "{title}: a",
  "-a",
  "a + b",
  "(((",
  ...SQL,
];

const MARKDOWN = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "[x](javascript:alert(1))",
  "![x](https://evil.example/?leak)",
  "</title><script>alert(1)</script>",
  "```\n<iframe src=//evil.example>",
];

let upstream: Upstream;
let server: TestServer;
let client: Client;
let stranger: Client;

beforeAll(async () => {
  upstream = await startUpstream(() => streamReply(MARKDOWN.join("\n\n")));
  server = await startServer({
    hasAdministrator: true,
    environment: { PROVIDER_KEY },
    config: {
      providers: {
        one: { dialect: "openai-chat", baseUrl: `${upstream.url}/v1`, model: "model-1", apiKeyEnv: "PROVIDER_KEY" },
      },
      routes: { default: { targets: [{ provider: "one" }], maxRetries: 0 } },
    },
  });
  client = overHttp(server.url);
  stranger = overHttp(server.url, { cookie: await server.signIn() });
});

afterAll(async () => {
  expect(server.errors).toEqual([]);
  await server[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

function tables(): unknown {
  using database = new DatabaseSync(join(server.directory, "data/cogniforge.sqlite"), { readOnly: true });
  const names = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
  const users = database.prepare('SELECT count(*) AS rows FROM "user"').get()?.rows;
  return { names, users, intact: database.prepare("PRAGMA integrity_check").get()?.integrity_check };
}

async function askAndWait(question: string): Promise<string> {
  const { answerId, conversationId = "" } = await client.answers.start.mutate({ question });
  await watch(client, { answerId }).done;
  await vi.waitFor(() => expect(server.app.activity().running).toBe(0), { interval: 5 });
  return conversationId;
}

test("SQL in questions, titles, names and ids is text like any other", async () => {
  const before = tables();
  for (const text of SQL) {
    const conversationId = await askAndWait(text);
    const { turns } = await client.conversations.get.query({ conversationId });
    expect(turns[0]?.question).toBe(text);
    await client.conversations.rename.mutate({ conversationId, title: text });
    expect((await client.conversations.get.query({ conversationId })).title).toBe(text);
    const { id, key } = await client.keys.create.mutate({ name: text });
    expect((await client.keys.list.query()).find((one) => one.id === id)?.name).toBe(text);
    expect(key).toMatch(/^cf-/);
    for (const call of [
      () => client.conversations.get.query({ conversationId: text }),
      () => client.keys.revoke.mutate({ id: text }),
      () => client.users.setRole.mutate({ id: text, role: "member" }),
      () => client.answers.get.query({ answerId: text }),
    ]) {
      await expect(call()).rejects.toMatchObject({ data: { httpStatus: expect.toSatisfy((status) => status < 500) } });
    }
    // Ten tries a minute are all that an address has.
    if (SQL.indexOf(text) < 5) {
      const signIn = { email: `${text}@example.com`, password: text };
      const refused = await server.post("/api/auth/sign-in/email", signIn, { origin: server.url });
      expect([400, 401]).toContain(refused.status);
    }
    const cookie = await server.fetch("/v1/models", {
      headers: { cookie: `cogniforge.session_token=${encodeURIComponent(text)}` },
    });
    expect(cookie.status).toBe(401);
  }
  expect(tables()).toEqual(before);
});

test("no search is a fault, whatever language it seems to be in, and none finds what belongs to others", async () => {
  await askAndWait("alpha beta");
  for (const query of MATCH) {
    await client.conversations.search.query({ query });
    expect(await stranger.conversations.search.query({ query }), query).toEqual({ conversations: [] });
  }
  expect((await client.conversations.search.query({ query: "alpha" })).conversations).toHaveLength(1);
});

test("Markdown that attacks stays text in every reply: none is of a kind that a browser would run", async () => {
  const conversationId = await askAndWait(MARKDOWN.join("\n"));
  await client.conversations.rename.mutate({
    conversationId,
    title: '"><script>alert(1)</script>\r\nSet-Cookie: x=y; ../../name',
  });
  for (const format of ["markdown", "json"]) {
    const response = await server.fetch(`/admin/api/conversations/${conversationId}/export?format=${format}`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toMatch(/^(text\/markdown|application\/json); charset=utf-8$/);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("set-cookie")).toBeNull();
    const disposition = response.headers.get("content-disposition") ?? "";
    expect(disposition).toMatch(/^attachment; /);
    expect(disposition).not.toMatch(/[<>\r\n/\\]/);
  }
  const { answerId } = (await client.conversations.get.query({ conversationId })).turns[0] ?? { answerId: "" };
  for (const path of [
    `/v1/answers/${answerId}`,
    `/v1/answers/${answerId}/stream`,
    `/${encodeURIComponent(MARKDOWN[0] ?? "")}`,
  ]) {
    const response = await server.fetch(path);
    expect(response.headers.get("content-type")).toMatch(/^(application\/json|text\/event-stream)/);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    await response.body?.cancel();
  }
});

test("the data folder holds no key, no password and no session as it is", async () => {
  const { key } = await client.keys.create.mutate({ name: "Kept as a hash" });
  const token = decodeURIComponent((await server.signIn()).split("=")[1] ?? "");
  const answered = await server.post(
    "/v1/chat/completions",
    { model: "default", messages: [{ role: "user", content: "Q" }] },
    { authorization: `Bearer ${key}` },
  );
  expect(answered.status).toBe(200);
  await answered.text();
  const folder = join(server.directory, "data");
  for (const name of await readdir(folder)) {
    const bytes = await readFile(join(folder, name), "latin1");
    for (const secret of [key, KEY, PROVIDER_KEY, ADMINISTRATOR.password, token]) {
      expect(bytes.includes(secret), `${name} holds ${secret.slice(0, 6)}…`).toBe(false);
    }
  }
});
