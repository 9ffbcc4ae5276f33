import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { test } from "node:test";
import { startUpstream, type UpstreamExchange } from "../../testing/upstream.ts";
import { collectResult } from "../../testing/wire_comparison.ts";
import { type OpenAiChatOptions, OpenAiChatProvider, type ProviderFetchInit, type ProviderRequest } from "../mod.ts";

const REQUEST: ProviderRequest = {
  model: "m",
  messages: [{ role: "user", content: "سؤال" }],
  parameters: { temperature: 1 },
  maxOutputTokens: 100,
};
const event = (chunk: unknown) => `data: ${JSON.stringify(chunk)}\n\n`;
const text = (content: string) => event({ choices: [{ index: 0, delta: { content } }] });
const FINISH = event({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
const ok = { "content-type": "text/event-stream" };

const context = (signal = new AbortController().signal) => ({ signal, timeouts: { connectMs: 4321 } });

async function ask(options: Omit<OpenAiChatOptions, "name">, signal?: AbortSignal) {
  return await collectResult(new OpenAiChatProvider({ name: "p", ...options }).stream(REQUEST, context(signal)));
}

async function withUpstream<T>(answer: (exchange: UpstreamExchange) => unknown, run: (url: string) => Promise<T>) {
  const upstream = await startUpstream(answer);
  try {
    return { result: await run(upstream.url), exchanges: upstream.exchanges };
  } finally {
    await upstream.close();
  }
}

test("OpenAiChatProvider posts the request as JSON with a bearer key", async () => {
  const { result, exchanges } = await withUpstream(
    ({ response }) => response.writeHead(200, ok).end(text("نعم") + FINISH),
    (url) => ask({ baseUrl: `${url}/api/v1/?api-version=2`, apiKey: "sk-test", headers: { "x-title": "T" } }),
  );
  assert.equal(result.text, "نعم");
  const [exchange] = exchanges;
  const { method, url, headers } = exchange?.request ?? {};
  assert.deepEqual([method, url], ["POST", "/api/v1/chat/completions?api-version=2"]);
  assert.equal(headers?.authorization, "Bearer sk-test");
  assert.equal(headers?.accept, "text/event-stream");
  assert.equal(headers?.["content-type"], "application/json");
  assert.equal(headers?.["x-title"], "T");
  assert.deepEqual(JSON.parse(exchange?.body ?? ""), {
    temperature: 1,
    model: "m",
    messages: [{ role: "user", content: "سؤال" }],
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: 100,
  });
});

test("OpenAiChatProvider sends no key where there is none, and lets configured headers win", async () => {
  const seen: (string | undefined)[] = [];
  const answer = ({ request, response }: UpstreamExchange) => {
    seen.push(request.headers.authorization);
    response.writeHead(200, ok).end(FINISH);
  };
  await withUpstream(answer, async (url) => {
    await ask({ baseUrl: url });
    await ask({ baseUrl: url, apiKey: "" });
    await ask({ baseUrl: url, apiKey: "a", headers: { Authorization: "Token b" } });
  });
  assert.deepEqual(seen, [undefined, undefined, "Token b"]);
});

test("OpenAiChatProvider hands the connect limit and the ban on redirects to fetch", async () => {
  const inits: ProviderFetchInit[] = [];
  const fetch = async (url: string, init: ProviderFetchInit) => {
    inits.push(init);
    assert.equal(url, "https://api.openai.com/v1/chat/completions");
    return new Response(FINISH);
  };
  await ask({ baseUrl: "https://api.openai.com/v1", fetch });
  assert.deepEqual([inits[0]?.connectTimeoutMs, inits[0]?.redirect, inits[0]?.method], [4321, "manual", "POST"]);
  assert.equal(JSON.parse(String(inits[0]?.body)).max_completion_tokens, 100, "OpenAI's own name for the limit");
});

test("OpenAiChatProvider follows no redirect, so that its key stays with its host", async () => {
  const other: string[] = [];
  await withUpstream(
    ({ request, response }) => {
      other.push(request.url ?? "");
      response.writeHead(200, ok).end(FINISH);
    },
    async (elsewhere) => {
      const { result } = await withUpstream(
        ({ response }) => response.writeHead(307, { location: `${elsewhere}/v1/chat/completions` }).end(),
        (url) => ask({ baseUrl: url, apiKey: "sk-secret" }),
      );
      assert.equal(result.failure?.code, "malformed");
      assert.equal(result.failure?.action, "fallback");
    },
  );
  assert.deepEqual(other, []);
});

test("OpenAiChatProvider refuses what it cannot use, and never repeats a secret", () => {
  const make = (options: Partial<OpenAiChatOptions>) => () =>
    new OpenAiChatProvider({ name: "p", baseUrl: "https://example.com/v1", ...options });
  for (const baseUrl of ["", "example.com", "ftp://example.com", "file:///etc/passwd"])
    assert.throws(make({ baseUrl }), TypeError);
  for (const options of [
    { baseUrl: "https://user:sk-secret@example.com/v1" },
    { baseUrl: "sk-secret" },
    { apiKey: "sk-secret\nx" },
    { apiKey: "sk-secret\u0645" },
    { headers: { "x-key": "sk-secret\0" } },
  ]) {
    assert.throws(make(options), (error) => error instanceof TypeError && !error.message.includes("sk-secret"));
  }
});

test("OpenAiChatProvider reads at most 64 KiB of an error's body", async () => {
  let sent = 0;
  let isCancelled = false;
  const chunk = new Uint8Array(8192).fill(0x78);
  const fetch = async () => {
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        pull(controller) {
          sent += chunk.length;
          controller.enqueue(chunk);
        },
        cancel() {
          isCancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
    return new Response(body, { status: 503 });
  };
  const { failure } = await ask({ baseUrl: "http://127.0.0.1", fetch });
  assert.deepEqual([failure?.code, failure?.status, sent, isCancelled], ["overloaded", 503, 65536, true]);
});

test("OpenAiChatProvider judges an error by its status where the body cannot be read", async () => {
  const fetch = async () => {
    const body = new ReadableStream({
      pull() {
        throw new TypeError("terminated");
      },
    });
    return new Response(body, { status: 401 });
  };
  assert.equal((await ask({ baseUrl: "http://127.0.0.1", fetch })).failure?.code, "provider-auth");
});

test("OpenAiChatProvider gives one batch for each read of the body, and says that the connection lives", async () => {
  const pieces = [
    ": ping\n\n",
    `${text("a")}${text("b")}data: {"cho`,
    'ices":[]}',
    "\n\n",
    `${text("c")}: x\n\n${FINISH}`,
  ];
  const fetch = async () => {
    const encoder = new TextEncoder();
    return new Response(
      new ReadableStream({
        pull(controller) {
          const piece = pieces.shift();
          if (piece === undefined) controller.close();
          else controller.enqueue(encoder.encode(piece));
        },
      }),
    );
  };
  const { batches } = await ask({ baseUrl: "http://127.0.0.1", fetch });
  assert.deepEqual(batches, [
    [{ type: "headers" }],
    [{ type: "alive" }],
    [
      { type: "text", text: "a" },
      { type: "text", text: "b" },
    ],
    [{ type: "alive" }],
    [{ type: "alive" }],
    [
      { type: "text", text: "c" },
      { type: "finish", reason: { unified: "stop", raw: "stop" } },
    ],
  ]);
});

async function askSocket(write: (exchange: UpstreamExchange, socket: Socket) => unknown) {
  const { result } = await withUpstream(
    (exchange) => write(exchange, exchange.request.socket),
    (url) => ask({ baseUrl: url }),
  );
  return result;
}

/** Ends the connection once what was written has reached the kernel. */
const thenDestroy = (exchange: UpstreamExchange, frame: string) =>
  exchange.response.writeHead(200, ok).write(frame, () => setTimeout(() => exchange.request.socket.destroy(), 20));

test("OpenAiChatProvider keeps the text and throws when the connection breaks in the middle", async () => {
  const { text: said, failure, finishes } = await askSocket((exchange) => thenDestroy(exchange, text("half an ans")));
  assert.deepEqual([said, finishes], ["half an ans", []]);
  assert.ok(failure?.code === "cut" || failure?.code === "network", failure?.code);
});

test("OpenAiChatProvider does not mind a connection that breaks after the model has finished", async () => {
  const {
    text: said,
    failure,
    finishes,
  } = await askSocket((exchange) => thenDestroy(exchange, text("whole") + FINISH));
  assert.deepEqual([said, failure, finishes.length], ["whole", undefined, 1]);
});

test("OpenAiChatProvider reports a connection that breaks before the headers, and one that is refused", async () => {
  const broken = await askSocket((_, socket) => socket.destroy());
  assert.deepEqual([broken.failure?.code, broken.batches], ["network", []]);
  const { result: url } = await withUpstream(
    () => {},
    async (address) => address,
  );
  const refused = await ask({ baseUrl: url });
  assert.deepEqual([refused.failure?.code, refused.batches], ["network", []]);
});

test("OpenAiChatProvider ends without a finish when the stream is cut cleanly", async () => {
  const {
    text: said,
    failure,
    finishes,
  } = await askSocket(({ response }) => response.writeHead(200, ok).end(text("half")));
  assert.deepEqual([said, failure, finishes], ["half", undefined, []]);
});

test("OpenAiChatProvider ends at the end mark although the connection stays open", async () => {
  const { text: said, finishes } = await askSocket(({ response }) =>
    response.writeHead(200, ok).write(`${text("a")}${FINISH}data: [DONE]\n\n${text("ignored")}`),
  );
  assert.deepEqual([said, finishes.length], ["a", 1]);
});

test("OpenAiChatProvider does not wait for the end of an HTML page", async () => {
  const { failure } = await askSocket(({ response }) =>
    response.writeHead(200, { "content-type": "text/html" }).write("<!doctype html><title>Sign in</title>"),
  );
  assert.equal(failure?.code, "malformed");
});

test("OpenAiChatProvider uses its connection again after an end mark", async () => {
  const sockets = new Set<unknown>();
  await withUpstream(
    ({ request, response }) => {
      sockets.add(request.socket);
      response.writeHead(200, ok);
      response.write(`${text("a")}${FINISH}data: [DONE]\n\n`);
      // The end of the body comes a moment after the end mark.
      setTimeout(() => response.end(), 5);
    },
    async (url) => {
      for (let count = 0; count < 10; count++) await ask({ baseUrl: url });
    },
  );
  // On a busy machine the end of a body can come too late for the next call, but not each time.
  assert.ok(sockets.size < 10, `${sockets.size} connections for 10 calls`);
});

test("OpenAiChatProvider lets go of an answer that arrives after the abort", async () => {
  const { promise, resolve } = Promise.withResolvers<Response>();
  const controller = new AbortController();
  let isCancelled = false;
  const asking = ask({ baseUrl: "http://127.0.0.1", fetch: () => promise }, controller.signal);
  controller.abort();
  assert.deepEqual((await asking).batches, []);
  const body = new ReadableStream({
    cancel() {
      isCancelled = true;
    },
  });
  resolve(new Response(body));
  await new Promise((done) => setTimeout(done, 0));
  assert.ok(isCancelled);
});
