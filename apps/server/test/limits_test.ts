import { once } from "node:events";
import { connect } from "node:net";
import type { FailureInfo } from "@cogniforge/core/events";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { TestServer, TestServerOptions } from "./_server.ts";
import { startServer } from "./_server.ts";
import { countRows, QUESTION_TABLES } from "./_traces.ts";
import type { Client, Headers } from "./_trpc_client.ts";
import { overHttp, overWebSocket, watch } from "./_trpc_client.ts";
import type { Upstream } from "./_upstream.ts";
import { chatStream, EVENT_STREAM, STOP, startUpstream } from "./_upstream.ts";

vi.setConfig({ testTimeout: 30_000 });

type KeyInput = Partial<Parameters<Client["keys"]["create"]["mutate"]>[0]>;

/** What a refusal says, whatever its door's shape. */
interface Refused {
  status: number;
  code: string;
  en: string;
  ar: string;
  retryAfter: string | null;
  headers: globalThis.Headers;
}

const MESSAGES = { messages: [{ role: "user", content: "Q" }] };

/** Every way in which a question comes to the server. */
const DOORS: Record<string, (server: TestServer, headers: Headers, route?: string) => Promise<Response>> = {
  "/v1/chat/completions": (server, headers, route = "default") =>
    server.post("/v1/chat/completions", { ...MESSAGES, model: route }, headers),
  "/v1/chat/completions, streamed": (server, headers, route = "default") =>
    server.post("/v1/chat/completions", { ...MESSAGES, model: route, stream: true }, headers),
  "/v1/messages": (server, headers, route = "default") =>
    server.post("/v1/messages", { ...MESSAGES, model: route, max_tokens: 100 }, headers),
  "plain SSE": (server, headers, route = "default") =>
    server.post("/admin/api/chat/stream", { question: "Q", route }, headers),
  tRPC: (server, headers, route = "default") => server.post("/trpc/answers.start", { question: "Q", route }, headers),
};

async function refusalOf(response: Response): Promise<Refused> {
  const body = (await response.json()) as {
    failure?: FailureInfo;
    error?: { data?: { failure: FailureInfo }; code: string; message: string; message_ar: string };
  };
  const failure = body.failure ?? body.error?.data?.failure;
  const { status, headers } = response;
  const retryAfter = headers.get("retry-after");
  if (failure) {
    return { status, headers, retryAfter, code: failure.code, en: failure.message.en, ar: failure.message.ar };
  }
  if (body.error === undefined) throw new Error(`This is no refusal: ${JSON.stringify(body)}`);
  const { code, message, message_ar } = body.error;
  return { status, headers, retryAfter, code, en: message, ar: message_ar };
}

/** A world of one upstream and one server. */
async function start(environment: Record<string, string> = {}, options: TestServerOptions = {}) {
  let gate: Promise<void> | undefined;
  const usage = { prompt_tokens: 60, completion_tokens: 40, cost: 0.25 };
  const upstream: Upstream = await startUpstream(async () => {
    const [first = "", ...rest] = chatStream("One ", "two", { ...STOP, usage });
    async function* pieces() {
      yield first;
      await gate;
      yield* rest;
    }
    return { headers: EVENT_STREAM, pieces: pieces() };
  });
  const provider = { dialect: "openai-chat", baseUrl: `${upstream.url}/v1`, model: "model-1" } as const;
  const route = { targets: [{ provider: "one" }], maxRetries: 0 };
  const server = await startServer({
    environment,
    config: { providers: { one: provider }, routes: { default: route, other: route } },
    ...options,
  });
  const administrator = overHttp(server.url);
  return {
    server,
    upstream,
    administrator,
    /** Holds answers after their first piece until the returned function is called. */
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return () => {
        gate = undefined;
        resolve();
      };
    },
    async newKey(input: KeyInput = {}) {
      const { key, id } = await administrator.keys.create.mutate({ name: "Key", ...input });
      return { id, headers: { authorization: `Bearer ${key}` } };
    },
    /** Refusals at every door, which must leave no trace. */
    async refusals(headers: Headers, expected: { status: number; code: string; says: RegExp; route?: string }) {
      const before = countRows(server, QUESTION_TABLES);
      const asked = upstream.requests.length;
      for (const [door, ask] of Object.entries(DOORS)) {
        const refused = await refusalOf(await ask(server, headers, expected.route));
        expect([refused.status, refused.code], door).toEqual([expected.status, expected.code]);
        expect(refused.en, door).toMatch(expected.says);
        expect(refused.ar, door).toMatch(/[\u0600-\u06ff]{3}/);
        if ([429, 503].includes(expected.status)) expect(Number(refused.retryAfter), door).toBeGreaterThan(0);
      }
      expect(countRows(server, QUESTION_TABLES)).toEqual(before);
      expect(upstream.requests.length).toBe(asked);
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
      expect(server.errors).toEqual([]);
    },
  };
}

/** Asks and reads the whole answer at the door that gives it in one piece. */
async function answerOf(server: TestServer, headers: Headers) {
  const response = await server.post("/v1/chat/completions", { ...MESSAGES, model: "default" }, headers);
  expect(response.status).toBe(200);
  const body = (await response.json()) as { choices: { message: { content: string } }[] };
  expect(body.choices[0]?.message.content).toBe("One two");
  return response;
}

afterEach(() => {
  vi.useRealTimers();
});

test("a wrong, an expired and a revoked key are refused by their own codes, at every door", async () => {
  await using world = await start();
  const { headers } = await world.newKey({ expiresAt: Date.now() + 3_600_000 });
  const revoked = await world.newKey();
  await world.administrator.keys.revoke.mutate({ id: revoked.id });
  const wrong = { authorization: `Bearer cf-${"A".repeat(43)}` };
  await world.refusals(wrong, { status: 401, code: "unauthenticated", says: /not signed in/ });
  await world.refusals(revoked.headers, { status: 401, code: "key-revoked", says: /revoked/ });
  await answerOf(world.server, headers);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_001 });
  await world.refusals(headers, { status: 401, code: "key-expired", says: /expired/ });
});

test("a key that is revoked is refused by a WebSocket that it opened before, and the answer that runs goes on", async () => {
  await using world = await start();
  const release = world.hold();
  const { id, headers } = await world.newKey();
  using socket = overWebSocket(world.server.url, headers);
  const { answerId } = await socket.client.answers.start.mutate({ question: "Q" });
  const watching = watch(socket.client, { answerId });
  await watching.until(({ type }) => type === "text-delta" || type === "snapshot");
  await world.administrator.keys.revoke.mutate({ id });
  await expect(socket.client.answers.get.query({ answerId })).rejects.toMatchObject({
    data: { failure: { code: "key-revoked" } },
  });
  release();
  expect((await watching.done).at(-1)?.event).toMatchObject({ type: "answer-end", outcome: "completed" });
});

test("the requests of a minute: the next is refused at every door, with the wait and what is left in headers", async () => {
  await using world = await start();
  const { headers } = await world.newKey({ limits: { requestsPerMinute: 2 } });
  const other = await world.newKey({ limits: { requestsPerMinute: 2 } });
  const first = await answerOf(world.server, headers);
  expect(first.headers.get("x-ratelimit-limit-requests")).toBe("2");
  expect(first.headers.get("x-ratelimit-remaining-requests")).toBe("1");
  expect(first.headers.get("x-ratelimit-reset-requests")).toMatch(/^(29\d{3}|30000)ms$/);
  const streamed = await DOORS["/v1/chat/completions, streamed"]?.(world.server, headers);
  expect(streamed?.headers.get("x-ratelimit-remaining-requests")).toBe("0");
  await streamed?.text();
  await world.refusals(headers, { status: 429, code: "too-many-requests", says: /Requests allowed in a minute: 2\./ });
  const again = await DOORS["/v1/messages"]?.(world.server, headers);
  expect(again?.headers.get("x-ratelimit-remaining-requests")).toBe("0");
  expect(Number(again?.headers.get("retry-after"))).toBeLessThanOrEqual(30);
  // Each key has a minute of its own.
  await answerOf(world.server, other.headers);
});

test("a request that attaches to an answer is none of a minute's, and needs no room", async () => {
  await using world = await start();
  const { headers } = await world.newKey({ limits: { requestsPerMinute: 1, concurrentAnswers: 1 } });
  const keyed = { ...headers, "idempotency-key": "the same" };
  const first = await answerOf(world.server, keyed);
  for (let at = 0; at < 3; at++) {
    const again = await answerOf(world.server, keyed);
    expect(again.headers.get("x-answer-id")).toBe(first.headers.get("x-answer-id"));
  }
  expect(world.upstream.requests).toHaveLength(1);
});

test("answers at the same time: the next is refused, the running one is whole, and then there is room again", async () => {
  await using world = await start();
  const { headers } = await world.newKey({ limits: { concurrentAnswers: 2 } });
  const release = world.hold();
  const running = ["/v1/chat/completions, streamed", "plain SSE"].map((door) => DOORS[door]?.(world.server, headers));
  const readers = (await Promise.all(running)).map((response) => response?.text());
  await vi.waitFor(() => expect(world.upstream.requests).toHaveLength(2), { interval: 5 });
  await world.refusals(headers, {
    status: 429,
    code: "too-many-requests",
    says: /Answers allowed at the same time: 2\./,
  });
  release();
  for (const text of await Promise.all(readers)) expect(text).toMatch(/One .*two/s);
  await answerOf(world.server, headers);
});

test("several choices begin together or not at all", async () => {
  await using world = await start();
  const { headers } = await world.newKey({ limits: { concurrentAnswers: 2, requestsPerMinute: 1 } });
  const ask = (n: number) => world.server.post("/v1/chat/completions", { ...MESSAGES, model: "default", n }, headers);
  const refused = await refusalOf(await ask(3));
  expect([refused.status, refused.code]).toEqual([429, "too-many-requests"]);
  expect(world.upstream.requests).toHaveLength(0);
  // Two choices are one request.
  expect((await ask(2)).status).toBe(200);
});

test("the tokens of a minute are counted from usage when an answer ends", async () => {
  await using world = await start();
  const { headers } = await world.newKey({ limits: { tokensPerMinute: 101 } });
  await answerOf(world.server, headers);
  await answerOf(world.server, headers);
  await world.refusals(headers, { status: 429, code: "too-many-requests", says: /Tokens allowed in a minute: 101\./ });
  const refused = await DOORS.tRPC?.(world.server, headers);
  expect(Number(refused?.headers.get("retry-after"))).toBeLessThanOrEqual(61);
});

describe("a budget", () => {
  for (const [budget, name, isAnew] of [
    ["dailyUsd", "a day", true],
    ["monthlyUsd", "a month", true],
    ["totalUsd", "in all", false],
  ] as const) {
    test(`of ${name} that is used up is refused with 402, until it is raised`, async () => {
      await using world = await start();
      const { id, headers } = await world.newKey({ limits: { [budget]: 0.5 } });
      await answerOf(world.server, headers);
      await answerOf(world.server, headers);
      await world.refusals(headers, {
        status: 402,
        code: "budget-exhausted",
        says: new RegExp(`budget .*${name} is 0.5 US dollars`),
      });
      const refused = await refusalOf(
        await world.server.post("/v1/chat/completions", { ...MESSAGES, model: "default" }, headers),
      );
      expect(refused.retryAfter !== null).toBe(isAnew);
      const [view] = await world.administrator.keys.list.query();
      expect(view?.spend).toMatchObject({
        dailyUsd: 0.5,
        monthlyUsd: 0.5,
        totalUsd: 0.5,
        totalTokens: 200,
        answers: 2,
      });
      await world.administrator.keys.update.mutate({ id, name: "Key", limits: { [budget]: 0.75 } });
      await answerOf(world.server, headers);
    });
  }
});

test("a key asks the routes that it may, and sees no others", async () => {
  await using world = await start();
  const { headers } = await world.newKey({ routes: ["other"] });
  await world.refusals(headers, { status: 403, code: "forbidden", says: /may not ask 'default'/, route: "default" });
  await world.refusals(headers, { status: 403, code: "forbidden", says: /may not ask/, route: "one/model-1" });
  const answered = await DOORS["/v1/chat/completions"]?.(world.server, headers, "other");
  expect(answered?.status).toBe(200);
  for (const more of [{}, { "anthropic-version": "2023-06-01" }]) {
    const { data } = (await (await world.server.fetch("/v1/models", { headers: { ...headers, ...more } })).json()) as {
      data: { id: string }[];
    };
    expect(data.map(({ id }) => id)).toEqual(["other"]);
  }
  expect((await world.server.fetch("/v1/models/default", { headers })).status).toBe(404);
});

test("a full house refuses everybody's next question early, and lets those who have an answer read on", async () => {
  await using world = await start({ COGNIFORGE_MAX_ANSWERS: "1" });
  const release = world.hold();
  const { headers } = await world.newKey();
  const client = overHttp(world.server.url, headers);
  const { answerId } = await client.answers.start.mutate({ question: "Q" });
  const watching = watch(client, { answerId });
  await watching.until(({ type }) => type === "text-delta" || type === "snapshot");
  await world.refusals(headers, { status: 503, code: "busy", says: /as many questions as it can/ });
  await world.refusals({}, { status: 503, code: "busy", says: /as many questions as it can/ });
  expect(await client.answers.start.mutate({ answerId, question: "Q" })).toMatchObject({ attached: true });
  const resumed = world.server.fetch(`/v1/answers/${answerId}/stream`, { headers }).then((response) => response.text());
  release();
  expect(await resumed).toContain("[DONE]");
  expect((await watching.done).at(-1)?.event).toMatchObject({ outcome: "completed" });
});

test("a signed-in user has the server's limits, and the first key none but the server's load", async () => {
  await using world = await start({ COGNIFORGE_REQUESTS_PER_MINUTE: "1" }, { hasAdministrator: true, environment: {} });
  const cookie = { cookie: await world.server.signIn() };
  expect((await DOORS.tRPC?.(world.server, cookie))?.status).toBe(200);
  for (let at = 0; at < 3; at++) {
    const response = await answerOf(world.server, {});
    expect(response.headers.has("x-ratelimit-limit-requests")).toBe(false);
  }
});

describe("requests that are too large or too slow", () => {
  test("a body above the server's limit is refused with 413 at every door, also without a length", async () => {
    await using world = await start({ COGNIFORGE_MAX_REQUEST_BYTES: "1024" });
    const { headers } = await world.newKey();
    const long = JSON.stringify({ model: "default", question: "x".repeat(2000), messages: [] });
    const paths = ["/v1/chat/completions", "/v1/messages", "/admin/api/chat/stream", "/trpc/answers.start"];
    for (const path of paths) {
      for (const body of [long, new Blob([long]).stream()]) {
        const init = {
          method: "POST",
          body,
          duplex: "half",
          headers: { ...headers, "content-type": "application/json" },
        };
        const refused = await refusalOf(await world.server.fetch(path, init as RequestInit));
        expect([refused.status, refused.code], path).toEqual([413, "body-too-large"]);
        expect(refused.ar).toMatch(/[\u0600-\u06ff]{3}/);
      }
    }
    expect(world.upstream.requests).toHaveLength(0);
  });

  test("a question that is too long is refused with 413", async () => {
    await using world = await start({ ADMIN_AI_MAX_QUESTION_LENGTH: "10" });
    const { headers } = await world.newKey();
    const response = await world.server.post("/trpc/answers.start", { question: "x".repeat(11) }, headers);
    const refused = await refusalOf(response);
    expect([refused.status, refused.code]).toEqual([413, "question-too-long"]);
  });

  test("a body that does not come to its end in time is refused with 408, in both languages", async () => {
    await using world = await start({ COGNIFORGE_REQUEST_TIMEOUT_SECONDS: "1" });
    const { headers } = await world.newKey();
    const socket = connect(Number(new URL(world.server.url).port), "127.0.0.1");
    socket.setEncoding("utf8");
    let reply = "";
    socket.on("data", (data) => {
      reply += data;
    });
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: ${headers.authorization}\r\n` +
        `Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"model":`,
    );
    await once(socket, "close");
    expect(reply).toMatch(/^HTTP\/1\.1 408 /);
    expect(reply).toMatch(/"ar":"[^"]*[\u0600-\u06ff]/);
    expect(world.upstream.requests).toHaveLength(0);
  });
});

describe("signing in", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ hasAdministrator: true });
    return () => server[Symbol.asyncDispose]();
  });

  test("is throttled by address: the eleventh try within a minute is told to wait", async () => {
    const signIn = () => server.post("/api/auth/sign-in/email", { email: "no address" }, { origin: server.url });
    for (let at = 0; at < 10; at++) expect((await signIn()).status).toBe(400);
    const refused = await refusalOf(await signIn());
    expect([refused.status, refused.code]).toEqual([429, "too-many-requests"]);
    expect(Number(refused.retryAfter)).toBeGreaterThan(0);
  });
});
