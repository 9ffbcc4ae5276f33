import { expect, test, vi } from "vitest";
import { FailureError } from "../src/failure_error.ts";
import { requestBindings } from "../src/http/request_origin.ts";
import type { ServeOptions } from "../src/http/serve.ts";
import { createHttpServer } from "../src/http/serve.ts";
import { KEY, startServer } from "./_server.ts";
import { overHttp } from "./_trpc_client.ts";
import { startUpstream, streamReply } from "./_upstream.ts";

vi.setConfig({ testTimeout: 20_000 });

const QUESTION = "Whisper the word xylophonist";
const ID = /^[\w-]{16,64}$/;

async function serve() {
  const good = await startUpstream(() => streamReply("a marmalade answer"));
  const busy = await startUpstream(() => ({ status: 503, pieces: [`busy with ${QUESTION}`] }));
  const provider = (url: string) => ({ dialect: "openai-chat" as const, baseUrl: `${url}/v1`, model: "m" });
  const server = await startServer({
    config: { providers: { good: provider(good.url), busy: provider(busy.url) } },
  });
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      for (const one of [server, good, busy]) await one[Symbol.asyncDispose]();
    },
  };
}

test("every response names its request in x-request-id: the proxy's own id where it is one, else a new one", async () => {
  await using server = await serve();
  const idOf = async (path: string, headers: Record<string, string> = {}) => {
    const response = await server.fetch(path, { headers });
    await response.text();
    return response.headers.get("x-request-id");
  };
  for (const path of ["/healthz", "/v1/models", "/v1/nothing", "/trpc/answers.routes", "/metrics", "/no/such/page"]) {
    expect(await idOf(path), path).toMatch(ID);
  }
  expect(await idOf("/healthz", { "x-request-id": "from-the-proxy.7" })).toBe("from-the-proxy.7");
  for (const wrong of ["two words", "x".repeat(65), '{"a":1}']) {
    expect(await idOf("/healthz", { "x-request-id": wrong })).not.toBe(wrong);
  }
  expect(await idOf("/healthz")).not.toBe(await idOf("/healthz"));
});

test("each answer leaves one line, with its id, its request's and how it ended, and no word of what was asked and said", async () => {
  await using server = await serve();
  const ask = async (model: string) => {
    const body = { model, messages: [{ role: "user", content: QUESTION }] };
    const response = await server.post("/v1/chat/completions", body);
    await response.text();
    return { answerId: response.headers.get("x-answer-id"), requestId: response.headers.get("x-request-id") };
  };
  const good = await ask("good/m");
  const bad = await ask("busy/m");
  await overHttp(server.url, { authorization: `Bearer ${KEY}`, "x-request-id": "seven" }).answers.start.mutate({
    question: QUESTION,
    answerId: "asked-over-trpc",
    route: "good/m",
  });
  await vi.waitFor(() => expect(ended()).toHaveLength(3));
  function ended(): Record<string, unknown>[] {
    return server.lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "An answer ended");
  }
  const [first, second, third] = ended();
  expect(first).toMatchObject({
    ...good,
    level: 30,
    door: "openai",
    outcome: "completed",
    attempts: 1,
    provider: "good",
  });
  expect(first).not.toHaveProperty("trace_id");
  expect(second).toMatchObject({ ...bad, level: 40, outcome: "failed", code: "overloaded" });
  expect(third).toMatchObject({ answerId: "asked-over-trpc", requestId: "seven", door: "trpc" });
  const all = server.lines.join("");
  for (const word of ["xylophonist", "marmalade", KEY]) expect(all).not.toContain(word);
});

test("createHttpServer() reports a fault with its request, whose line has the id that the caller got and no query", async () => {
  const reports: Record<string, unknown>[] = [];
  const options: ServeOptions = {
    routes: [
      {
        methods: ["GET"],
        path: /^\/broken$/,
        handle() {
          throw new Error("It broke");
        },
        refuse: ({ response }) => void response.writeHead(500).end(),
      },
    ],
    mounts: [],
    fallback: () => {
      throw new FailureError("not-found");
    },
    prepare() {},
    onError: (_error, request) => reports.push(requestBindings(request)),
    requestTimeoutMs: 1_000,
    maxConnections: 100,
  };
  const server = createHttpServer(options);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const response = await fetch(`http://127.0.0.1:${port}/broken?question=${encodeURIComponent(QUESTION)}`);
  await response.text();
  expect(response.status).toBe(500);
  expect(reports).toEqual([{ requestId: response.headers.get("x-request-id"), method: "GET", path: "/broken" }]);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
