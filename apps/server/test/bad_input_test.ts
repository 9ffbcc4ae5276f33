import { TRPCClientError } from "@trpc/client";
import { EventSource } from "eventsource";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import type { TestServer } from "./_server.ts";
import { KEY, oneProvider, startServer } from "./_server.ts";
import { openSse, plainSse } from "./_sse_reader.ts";
import { ANSWER_TABLES, leavesNoTrace } from "./_traces.ts";
import type { Headers } from "./_trpc_client.ts";
import { overHttp, overWebSocket, WITH_KEY, watch } from "./_trpc_client.ts";
import type { Upstream } from "./_upstream.ts";
import { startUpstream, streamReply } from "./_upstream.ts";

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const ARABIC = /[\u0600-\u06ff]/;

interface Refusal {
  status: number;
  code: string;
}

let upstream: Upstream;
let server: TestServer;
/** Two people with sessions, and an answer of the first. */
let owner: Headers;
let stranger: Headers;
let answer: { answerId: string; conversationId: string; cursor: string };
let otherAnswer: { answerId: string; cursor: string };

beforeAll(async () => {
  upstream = await startUpstream(() => streamReply("An answer"));
  server = await startServer({
    hasAdministrator: true,
    config: oneProvider(upstream.url),
  });
  owner = { cookie: await server.signIn() };
  stranger = { cookie: await signInMember() };
  const client = overHttp(server.url, owner);
  const ask = async (question: string) => {
    const { answerId, conversationId = "" } = await client.answers.start.mutate({ question });
    const seen = await watch(client, { answerId }).done;
    return { answerId, conversationId, cursor: seen[1]?.id ?? "" };
  };
  answer = await ask("first");
  otherAnswer = await ask("second");
  await vi.waitFor(() => expect(server.app.activity().running).toBe(0), { interval: 5 });
});

afterAll(async () => {
  // Whatever was sent: nothing of it was a fault of the server.
  expect(server.errors).toEqual([]);
  await server[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

async function signInMember(): Promise<string> {
  const member = { email: "member@example.com", password: "another long password", name: "Member" };
  await overHttp(server.url, owner).users.create.mutate({ ...member, role: "member" });
  const response = await server.post("/api/auth/sign-in/email", member, { origin: server.url });
  expect(response.status).toBe(200);
  return response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}

const noTrace = (act: () => Promise<void>) => leavesNoTrace({ server, upstream, tables: ANSWER_TABLES }, act);

// biome-ignore lint/suspicious/noExplicitAny: what a refusal holds is what is looked at
function expectFailure(failure: any, code: string): void {
  expect(failure).toMatchObject({
    code,
    message: { en: expect.stringMatching(/[a-z]/), ar: expect.stringMatching(ARABIC) },
    remedy: { en: expect.stringMatching(/[a-z]/), ar: expect.stringMatching(ARABIC) },
  });
}

async function expectRefusedResponse(response: Response, { status, code }: Refusal): Promise<void> {
  const body = await response.json();
  expect([response.status, body.failure?.code]).toEqual([status, code]);
  expect(body).toMatchObject({ status: "error", message: expect.stringMatching(ARABIC) });
  expectFailure(body.failure, code);
}

async function expectRefusedCall(call: Promise<unknown>, { status, code }: Refusal): Promise<void> {
  const error = await call.then(
    () => expect.fail("The call was not refused"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof TRPCClientError)) throw error;
  expect([error.data?.httpStatus, error.data?.failure?.code]).toEqual([status, code]);
  expectFailure(error.data.failure, code);
}

const LONG = "س".repeat(200_000);

const QUESTIONS: [name: string, input: Record<string, unknown>, refusal: Refusal][] = [
  ["an empty question", { question: "" }, { status: 400, code: "question-empty" }],
  ["a blank question", { question: " \n\t\u00a0" }, { status: 400, code: "question-empty" }],
  ["a question of 200,000 characters", { question: LONG }, { status: 413, code: "question-too-long" }],
  [
    "an unknown conversation",
    { question: "Q", conversationId: "no-such" },
    { status: 404, code: "conversation-not-found" },
  ],
  ["an unknown route", { question: "Q", route: "no-such" }, { status: 404, code: "route-not-found" }],
  ["an id that is none", { question: "Q", answerId: "a b" }, { status: 400, code: "invalid-input" }],
  ["a question that is a number", { question: 7 }, { status: 400, code: "invalid-input" }],
  ["a question that is a list", { question: ["Q"] }, { status: 400, code: "invalid-input" }],
  ["a route that is an object", { question: "Q", route: {} }, { status: 400, code: "invalid-input" }],
];

test.each(QUESTIONS)("%s is refused at every door that takes questions", async (_name, input, refusal) => {
  await noTrace(async () => {
    using socket = overWebSocket(server.url, owner);
    // biome-ignore lint/suspicious/noExplicitAny: what the types forbid is what is tried
    const wrong = input as any;
    await expectRefusedCall(overHttp(server.url, owner).answers.start.mutate(wrong), refusal);
    await expectRefusedCall(socket.client.answers.start.mutate(wrong), refusal);
    const { question, conversationId, answerId, route } = wrong;
    const body = { question, conversation_id: conversationId, answer_id: answerId, route };
    await expectRefusedResponse(await server.post(plainSse(), body), refusal);
    if (Object.values(input).every((value) => typeof value === "string") && question.length < 1_000) {
      const query = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
      await expectRefusedResponse(await server.fetch(plainSse(query)), refusal);
    }
  });
});

test("a body that is broken, too large or of another type is refused by the plain SSE route and tRPC", async () => {
  await noTrace(async () => {
    const send = (path: string, body: string | Uint8Array<ArrayBuffer>, type: string) =>
      server.fetch(path, { method: "POST", headers: { "content-type": type }, body });
    const json = "application/json";
    const bodies: [string | Uint8Array<ArrayBuffer>, string, Refusal][] = [
      ['{"question": "Q"', json, { status: 400, code: "invalid-json" }],
      ['["Q"]', json, { status: 400, code: "invalid-json" }],
      ["null", json, { status: 400, code: "invalid-json" }],
      ["", json, { status: 400, code: "invalid-json" }],
      [Uint8Array.from([0x7b, 0xff, 0xfe, 0x7d]), json, { status: 400, code: "invalid-json" }],
      ["<question/>", "application/xml", { status: 415, code: "unsupported-media-type" }],
      [JSON.stringify({ question: "x".repeat(5 * 2 ** 20) }), json, { status: 413, code: "body-too-large" }],
    ];
    for (const [body, type, refusal] of bodies)
      await expectRefusedResponse(await send(plainSse(), body, type), refusal);
    const trpc: [string, Refusal][] = [
      ['{"question": "Q"', { status: 400, code: "invalid-json" }],
      ["[]", { status: 400, code: "invalid-input" }],
      ["", { status: 400, code: "invalid-input" }],
      [JSON.stringify({ question: "x".repeat(5 * 2 ** 20) }), { status: 413, code: "body-too-large" }],
    ];
    for (const [body, { status, code }] of trpc) {
      const response = await send("/trpc/answers.start", body, json);
      const { error } = await response.json();
      expect([response.status, error.data.failure.code], body.slice(0, 40)).toEqual([status, code]);
      expectFailure(error.data.failure, code);
    }
    const unknown = await server.post("/trpc/answers.nothing", {});
    expect([unknown.status, (await unknown.json()).error.data.failure.code]).toEqual([404, "not-found"]);
    const method = await server.fetch(plainSse(), { method: "DELETE" });
    expect(method.headers.get("allow")).toBe("GET, POST");
    await expectRefusedResponse(method, { status: 405, code: "method-not-allowed" });
  });
});

test("another user's answers and conversations are like none, at every door", async () => {
  await noTrace(async () => {
    using socket = overWebSocket(server.url, stranger);
    const { answerId, conversationId, cursor } = answer;
    const gone = { status: 404, code: "answer-not-found" };
    const noConversation = { status: 404, code: "conversation-not-found" };
    for (const client of [overHttp(server.url, stranger), socket.client]) {
      await expectRefusedCall(client.answers.get.query({ answerId }), gone);
      await expectRefusedCall(client.answers.read.query({ answerId, cursor }), gone);
      await expectRefusedCall(client.answers.cancel.mutate({ answerId }), gone);
      await expectRefusedCall(watch(client, { answerId }).done, gone);
      await expectRefusedCall(watch(client, { answerId, lastEventId: cursor }).done, gone);
      await expectRefusedCall(client.conversations.get.query({ conversationId }), noConversation);
      await expectRefusedCall(client.conversations.rename.mutate({ conversationId, title: "mine" }), noConversation);
      await expectRefusedCall(client.conversations.remove.mutate({ conversationId }), noConversation);
      await expectRefusedCall(client.conversations.restore.mutate({ conversationId }), noConversation);
      await expectRefusedCall(client.conversations.archive.mutate({ conversationId, archived: true }), noConversation);
      await expectRefusedCall(client.conversations.show.mutate({ conversationId, turnId: answerId }), noConversation);
      await expectRefusedCall(client.answers.timeline.query({ answerId }), gone);
      expect(await client.conversations.search.query({ query: "first" })).toEqual({ conversations: [] });
      await expectRefusedCall(client.answers.start.mutate({ question: "Q", conversationId }), noConversation);
      await expectRefusedCall(client.answers.start.mutate({ question: "first", answerId }), {
        status: 409,
        code: "id-taken",
      });
      expect(await client.conversations.list.query()).toEqual({ conversations: [] });
    }
    const exported = await server.fetch(`/admin/api/conversations/${conversationId}/export`, { headers: stranger });
    await expectRefusedResponse(exported, noConversation);
    const resumed = await server.fetch(plainSse(), { headers: { ...stranger, "last-event-id": cursor } });
    await expectRefusedResponse(resumed, gone);
    const taken = await server.fetch(plainSse({ question: "first", answer_id: answerId }), { headers: stranger });
    await expectRefusedResponse(taken, { status: 409, code: "id-taken" });
    for (const path of [`/v1/answers/${answerId}`, `/v1/answers/${answerId}/stream`]) {
      const response = await server.fetch(path, { headers: stranger });
      expect([response.status, (await response.json()).error.code]).toEqual([404, "answer-not-found"]);
    }
  });
});

test("nobody and a wrong key are refused with 401, never with a redirect", async () => {
  await noTrace(async () => {
    const { answerId } = answer;
    const refusal = { status: 401, code: "unauthenticated" };
    const wrong: Headers[] = [
      { authorization: "Bearer wrong" },
      { authorization: `Bearer ${KEY}x` },
      { cookie: "cogniforge.session_token=forged.forged" },
      { ...owner, authorization: "Bearer wrong" },
    ];
    for (const headers of wrong) {
      using socket = overWebSocket(server.url, headers);
      for (const client of [overHttp(server.url, headers), socket.client]) {
        await expectRefusedCall(client.answers.start.mutate({ question: "Q" }), refusal);
        await expectRefusedCall(client.conversations.list.query(), refusal);
        await expectRefusedCall(watch(client, { answerId }).done, refusal);
      }
      const response = await server.fetch(plainSse({ question: "Q" }), { headers, redirect: "manual" });
      await expectRefusedResponse(response, refusal);
    }
    const nobody = await openSse(`${server.url}${plainSse({ question: "Q" })}`, { isAnonymous: true });
    expect(nobody.status).toBe(401);
    nobody.leave();
  });
});

test("a page of another origin gets nothing done with the cookie that its browser sends along", async () => {
  await noTrace(async () => {
    const { answerId } = answer;
    const refusal = { status: 403, code: "cross-origin" };
    const foreign: Headers[] = [
      { ...owner, origin: "https://evil.example" },
      { ...owner, origin: "null" },
      { ...owner, "sec-fetch-site": "cross-site" },
      { ...owner, "sec-fetch-site": "same-site", origin: server.url },
      { ...owner, origin: `${server.url}.evil.example` },
    ];
    for (const headers of foreign) {
      const response = await server.post(plainSse(), { question: "Q" }, headers);
      await expectRefusedResponse(response, refusal);
      await expectRefusedResponse(await server.fetch(plainSse({ question: "Q" }), { headers }), refusal);
      const started = await server.post("/trpc/answers.start", { question: "Q" }, headers);
      expect([started.status, (await started.json()).error.data.failure.code]).toEqual([403, "cross-origin"]);
      const read = await server.fetch(`/trpc/answers.get?input=${encodeURIComponent(JSON.stringify({ answerId }))}`, {
        headers,
      });
      expect([read.status, (await read.json()).error.data.failure.code]).toEqual([403, "cross-origin"]);
      const status = await new Promise((resolve, reject) => {
        const socket = new WebSocket(`${server.url.replace("http", "ws")}/trpc`, { headers });
        socket.once("unexpected-response", (request, { statusCode }) => {
          request.destroy();
          resolve(statusCode);
        });
        socket.once("open", () => reject(new Error("The socket was let in")));
        socket.once("error", () => {});
      });
      expect(status).toBe(403);
    }
  });
  // Our own page, and a key from anywhere, are let in.
  const own = { ...owner, origin: server.url, "sec-fetch-site": "same-origin" };
  expect((await server.fetch(`/trpc/conversations.list`, { headers: own })).status).toBe(200);
  const keyed = { ...WITH_KEY, origin: "https://other.example", "sec-fetch-site": "cross-site" };
  expect((await server.fetch(`/trpc/conversations.list`, { headers: keyed })).status).toBe(200);
});

test("a cursor that is none, of another answer, or of a future that no answer has is refused everywhere", async () => {
  await noTrace(async () => {
    using socket = overWebSocket(server.url, owner);
    const { answerId } = answer;
    const refusal = { status: 400, code: "invalid-cursor" };
    const wrong = [
      "garbage",
      "c1.x",
      `c1.${answerId}.-1.0`,
      `c1.${answerId}.1e3.0`,
      otherAnswer.cursor,
      `c1.${answerId}.9999.0`,
    ];
    for (const cursor of wrong) {
      for (const client of [overHttp(server.url, owner), socket.client]) {
        await expectRefusedCall(client.answers.read.query({ answerId, cursor }), refusal);
        await expectRefusedCall(watch(client, { answerId, lastEventId: cursor }).done, refusal);
      }
      const stream = await server.fetch(`/v1/answers/${answerId}/stream`, {
        headers: { ...owner, "last-event-id": cursor },
      });
      expect([stream.status, (await stream.json()).error.code], cursor).toEqual([400, "invalid-cursor"]);
      if (cursor === otherAnswer.cursor) continue;
      // The plain route learns the answer from the cursor itself.
      const plain = await server.fetch(plainSse(), { headers: { ...owner, "last-event-id": cursor } });
      await expectRefusedResponse(plain, refusal);
    }
    await expectRefusedCall(socket.client.conversations.list.query({ cursor: "garbage" }), refusal);
  });
});

test("a subscription that is refused ends with its error and is not opened again", async () => {
  const sources: EventSource[] = [];
  const http = overHttp(server.url, owner, sources);
  using socket = overWebSocket(server.url, owner);
  const refused: [{ answerId: string; lastEventId?: string }, Refusal][] = [
    [{ answerId: "no-such-answer" }, { status: 404, code: "answer-not-found" }],
    [{ answerId: "a b" }, { status: 400, code: "invalid-input" }],
    [
      { answerId: answer.answerId, lastEventId: "garbage" },
      { status: 400, code: "invalid-cursor" },
    ],
  ];
  for (const [input, refusal] of refused) {
    for (const client of [http, socket.client]) await expectRefusedCall(watch(client, input).done, refusal);
  }
  // A source that meant to come back would be connecting now, or a second one would have been made.
  expect(sources.map(({ readyState }) => readyState)).toEqual(refused.map(() => EventSource.CLOSED));
});
