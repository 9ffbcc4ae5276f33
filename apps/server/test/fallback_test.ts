import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { expect, test, vi } from "vitest";
import type { ConfigFile } from "../src/config/file_schema.ts";
import type { TestServer } from "./_server.ts";
import { KEY, startServer } from "./_server.ts";
import { openSse, plainSse } from "./_sse_reader.ts";
import { overHttp, overWebSocket, textOf, watch } from "./_trpc_client.ts";
import type { UpstreamReply } from "./_upstream.ts";
import { EVENT_STREAM, JSON_TYPE, startRawUpstream, startUpstream, streamReply } from "./_upstream.ts";

vi.setConfig({ testTimeout: 20_000 });

/** A dead gateway: where it is, and what is found out about it. */
interface Gateway extends AsyncDisposable {
  url: string;
}

const HTML = "<!doctype html><html><head><title>502</title></head><body>Bad gateway secret-body</body></html>";
const ANSWER = "From the one that works: نعم 👍";

function replying(reply: UpstreamReply): () => Promise<Gateway> {
  return () => startUpstream(() => reply);
}

async function refusing(): Promise<Gateway> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return { url: `http://127.0.0.1:${port}`, async [Symbol.asyncDispose]() {} };
}

async function* comments(): AsyncGenerator<string> {
  for (;;) {
    yield ": OPENROUTER PROCESSING\n\n";
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const GATEWAYS: [name: string, code: string, start: () => Promise<Gateway>][] = [
  ["connection refused", "network", refusing],
  ["500", "server-error", replying({ status: 500, headers: JSON_TYPE, pieces: ['{"error":{"message":"boom"}}'] })],
  ["hang before the headers", "first-token-timeout", () => startRawUpstream(() => {})],
  ["hang after the headers", "first-token-timeout", replying({ headers: EVENT_STREAM, end: "hang" })],
  [
    "hang with comments",
    "first-token-timeout",
    () => startUpstream(() => ({ headers: EVENT_STREAM, pieces: comments() })),
  ],
  ["a page with 200", "malformed", replying({ headers: { "content-type": "text/html" }, pieces: [HTML] })],
  [
    "a page with 502",
    "server-error",
    replying({ status: 502, headers: { "content-type": "text/html" }, pieces: [HTML] }),
  ],
  ["an empty answer", "empty-answer", () => startUpstream(() => streamReply())],
  ["an empty body", "cut", replying({ headers: EVENT_STREAM })],
  ["garbage", "malformed", replying({ headers: EVENT_STREAM, pieces: ["data: {\u0000]]\n\ndata: }{\n\n".repeat(20)] })],
  [
    "bytes that are no HTTP",
    "malformed",
    () => startRawUpstream((socket) => socket.end("\u0016\u0003\u0001 not http\r\n\r\n")),
  ],
  ["a cut before the first token", "cut", replying({ headers: EVENT_STREAM, pieces: [": hi\n\n"], end: "reset" })],
];

function routeOver(providers: ConfigFile["providers"], more: object = {}): ConfigFile {
  const targets = Object.keys(providers ?? {}).map((provider) => ({ provider, model: "model-1" }));
  return {
    providers,
    routes: {
      default: {
        targets,
        maxRetries: 0,
        timeouts: { connectMs: 5_000, firstTokenMs: 10_000, idleMs: 10_000, totalMs: 30_000 },
        ...more,
      },
    },
  };
}

function provider(url: string) {
  return { dialect: "openai-chat" as const, baseUrl: `${url}/v1`, apiKey: "sk-gateway-0123456789" };
}

/** What a reader of each door sees of one answer: its text, and everything that was said beside it. */
async function readThroughEveryDoor(server: TestServer): Promise<Record<string, { text: string; said: string }>> {
  const body = { model: "default", messages: [{ role: "user", content: "Q" }] };
  const trpc = async (client: ReturnType<typeof overHttp>) => {
    const { answerId } = await client.answers.start.mutate({ question: "Q" });
    const seen = await watch(client, { answerId }).done;
    expect(seen.at(-1)?.event).toMatchObject({ type: "answer-end", outcome: "completed" });
    expect(seen.filter(({ event }) => event.type === "answer-end")).toHaveLength(1);
    return { text: textOf(seen), said: JSON.stringify(seen) };
  };
  const plain = async () => {
    const reader = await openSse(`${server.url}${plainSse({ question: "Q" })}`);
    await reader.closed;
    expect(reader.ofType("error")).toEqual([]);
    expect(reader.ofType("end")).toHaveLength(1);
    return {
      text: reader
        .ofType("data")
        .map(({ json }) => json.data)
        .join(""),
      said: reader.text,
    };
  };
  const streamed = async () => {
    const said = await (await server.post("/v1/chat/completions", { ...body, stream: true })).text();
    const chunks = said
      .split("\n")
      .filter((line) => line.startsWith("data: {"))
      .map((line) => JSON.parse(line.slice(6)));
    expect(said.endsWith("data: [DONE]\n\n")).toBe(true);
    expect(chunks.some((chunk) => "error" in chunk)).toBe(false);
    return { text: chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join(""), said };
  };
  const whole = async () => {
    const response = await server.post("/v1/chat/completions", body);
    expect(response.status).toBe(200);
    const said = await response.text();
    return { text: JSON.parse(said).choices[0].message.content, said };
  };
  using socket = overWebSocket(server.url);
  const [sse, ws, plainRoute, v1Streamed, v1] = await Promise.all([
    trpc(overHttp(server.url)),
    trpc(socket.client),
    plain(),
    streamed(),
    whole(),
  ]);
  return { sse, ws, plainRoute, v1Streamed, v1 };
}

for (const [name, code, start] of GATEWAYS) {
  test.concurrent(`a dead gateway (${name}) falls over to the next target at every door, as information only`, async () => {
    await using gateway = await start();
    await using works = await startUpstream(() => streamReply(ANSWER));
    await using server = await startServer({
      // Short only where silence is the point: a busy machine must not be taken for a dead gateway.
      config: routeOver(
        { gateway: provider(gateway.url), works: provider(works.url) },
        code === "first-token-timeout" ? { timeouts: { firstTokenMs: 1_500 } } : {},
      ),
    });
    const doors = await readThroughEveryDoor(server);
    for (const [door, { text, said }] of Object.entries(doors)) {
      expect(text, door).toBe(ANSWER);
      expect(said, door).not.toContain("secret-body");
      expect(said, door).not.toContain("sk-gateway");
    }
    // Events and status frames tell the setback, with its code.
    expect(doors.sse?.said).toContain(`"code":"${code}"`);
    expect(doors.plainRoute?.said).toMatch(new RegExp(`"state":"setback".*"code":"${code}"`));
    expect(JSON.parse(doors.v1?.said ?? "").cogniforge).toMatchObject({
      provider: "works",
      attempts: [
        { provider: "gateway", why: "first", outcome: "failed", failureCode: code },
        { provider: "works", why: "fallback", outcome: "completed" },
      ],
    });
    expect(server.errors).toEqual([]);
  });
}

test.concurrent("TLS asked of a plain port falls over to the next target", async () => {
  await using plainPort = await startUpstream(() => streamReply("never"));
  await using works = await startUpstream(() => streamReply(ANSWER));
  await using server = await startServer({
    config: routeOver({ gateway: provider(plainPort.url.replace("http:", "https:")), works: provider(works.url) }),
  });
  const doors = await readThroughEveryDoor(server);
  for (const { text } of Object.values(doors)) expect(text).toBe(ANSWER);
  expect(doors.sse?.said).toContain('"code":"tls"');
});

test.concurrent.each([301, 302, 303, 307, 308])(
  "a gateway's redirect (%i) to another host is not followed, and the key does not go there",
  async (status) => {
    await using elsewhere = await startUpstream(() => streamReply("stolen"));
    await using gateway = await startUpstream(() => ({
      status,
      headers: { location: `${elsewhere.url.replace("127.0.0.1", "localhost")}/v1/chat/completions` },
    }));
    await using works = await startUpstream(() => streamReply(ANSWER));
    await using server = await startServer({
      config: routeOver({ gateway: provider(gateway.url), works: provider(works.url) }),
    });
    const reader = await openSse(`${server.url}${plainSse({ question: "Q" })}`);
    await reader.closed;
    expect(
      reader
        .ofType("data")
        .map(({ json }) => json.data)
        .join(""),
    ).toBe(ANSWER);
    expect(gateway.requests[0]?.headers.authorization).toBe("Bearer sk-gateway-0123456789");
    expect(elsewhere.requests.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
  },
);

test.concurrent("an answer whose targets are all dead fails once, in both languages, with its remedy and every cause", async () => {
  await using first = await startUpstream(() => ({ status: 500, pieces: [HTML] }));
  await using second = await startUpstream(() => ({ status: 401, pieces: ["{}"] }));
  await using server = await startServer({
    config: routeOver({ first: provider(first.url), second: provider(second.url) }),
  });
  const client = overHttp(server.url);
  const { answerId } = await client.answers.start.mutate({ question: "Q" });
  const seen = await watch(client, { answerId }).done;
  const ends = seen.filter(({ event }) => event.type === "answer-end");
  expect(ends).toHaveLength(1);
  expect(ends[0]?.event).toMatchObject({
    outcome: "failed",
    length: 0,
    failure: {
      code: "all-targets-failed",
      message: { en: expect.stringMatching(/[a-z]/), ar: expect.stringMatching(/[\u0600-\u06ff]/) },
      remedy: { en: expect.stringMatching(/[a-z]/), ar: expect.stringMatching(/[\u0600-\u06ff]/) },
      causes: [
        { provider: "first", model: "model-1", code: "server-error", status: 500 },
        { provider: "second", model: "model-1", code: "provider-auth", status: 401 },
      ],
    },
  });
  const response = await server.post("/v1/chat/completions", {
    model: "default",
    messages: [{ role: "user", content: "Q" }],
  });
  expect(response.status).toBeGreaterThanOrEqual(500);
  const { error } = await response.json();
  expect(error).toMatchObject({ code: "all-targets-failed", message_ar: expect.stringMatching(/[\u0600-\u06ff]/) });
  expect(JSON.stringify(seen)).not.toContain("secret-body");
});

test.concurrent("the environment alone makes a route: AI_SERVICE_URL first, then the next provider, the mock last", async () => {
  let isServiceDead = false;
  let isLocalDead = false;
  const dead: UpstreamReply = { status: 401, pieces: ["{}"] };
  await using service = await startUpstream(() => (isServiceDead ? dead : streamReply("service")));
  await using local = await startUpstream(() => (isLocalDead ? dead : streamReply("local")));
  await using server = await startServer({
    environment: {
      AI_SERVICE_URL: service.url,
      AI_SERVICE_KEY: "service-key-0123456789",
      LLM_BASE_URL: local.url,
      OPENAI_API_KEY: "sk-local-0123456789abcdef",
      ALLOW_MOCK_LLM: "true",
    },
  });
  const ask = async () => {
    const response = await server.post("/v1/chat/completions", {
      model: "default",
      messages: [{ role: "user", content: "Q" }],
    });
    const { choices, cogniforge } = await response.json();
    return { text: choices[0].message.content as string, ...cogniforge };
  };
  expect(await ask()).toMatchObject({ text: "service", provider: "ai-service" });
  isServiceDead = true;
  expect(await ask()).toMatchObject({ text: "local", provider: "openai", attempts: [{ provider: "ai-service" }, {}] });
  isLocalDead = true;
  const trial = await ask();
  expect(trial).toMatchObject({ provider: "mock", trial: true, attempts: [{}, {}, { provider: "mock" }] });
  expect(service.requests[0]?.headers.authorization).toBe("Bearer service-key-0123456789");
  expect(local.requests[0]?.headers.authorization).toBe("Bearer sk-local-0123456789abcdef");
  for (const { headers } of [...service.requests, ...local.requests]) {
    expect(JSON.stringify(headers)).not.toContain(KEY);
  }
});
