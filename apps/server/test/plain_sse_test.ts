import { connect } from "node:net";
import { EventSource } from "eventsource";
import { expect, test, vi } from "vitest";
import { tempFolder } from "../src/storage/temp_folder.ts";
import type { CutProxy } from "./_cut_proxy.ts";
import { startCutProxy } from "./_cut_proxy.ts";
import { fakeTimers } from "./_fake_timers.ts";
import { Faucet } from "./_faucet.ts";
import type { TestServer, TestServerOptions } from "./_server.ts";
import { KEY, oneProvider, startServer } from "./_server.ts";
import type { SseReader } from "./_sse_reader.ts";
import { openSse, plainSse } from "./_sse_reader.ts";
import type { UpstreamReply } from "./_upstream.ts";
import { chatStream, chunkOf, EVENT_STREAM, STOP, startUpstream, streamReply } from "./_upstream.ts";

vi.setConfig({ testTimeout: 20_000 });

const TEXTS = ["مرحبًا ", "أيها ", "العالم", " — 👩‍👩‍👧 ", "line\nbreak\r\n", "end."];
const WHOLE = TEXTS.join("");

/** A server whose default route has one target, the upstream. */
function serve(upstreamUrl: string, options: TestServerOptions = {}): Promise<TestServer> {
  return startServer({
    config: oneProvider(upstreamUrl),
    ...options,
  });
}

/** What the old browser client does: takes what has `data` or `payload`, and stops at `end` and `error`. */
class OldClient {
  readonly source: EventSource;
  readonly messages: { id: string; json: { type: string; data?: string; payload: Record<string, unknown> } }[] = [];
  /** Resolves when the source has given up for good, which is what the server's 204 is for. */
  readonly stopped: Promise<void>;

  constructor(url: string, init: { method?: string; headers?: Record<string, string>; body?: string } = {}) {
    this.source = new EventSource(url, {
      fetch: (input, given) =>
        fetch(input, {
          ...given,
          ...init,
          headers: { ...given.headers, ...init.headers, authorization: `Bearer ${KEY}` },
        }),
    });
    this.source.addEventListener("message", ({ data, lastEventId }) => {
      this.messages.push({ id: lastEventId, json: JSON.parse(data) });
    });
    this.stopped = new Promise((resolve) => {
      this.source.addEventListener("error", () => {
        if (this.source.readyState === this.source.CLOSED) resolve();
      });
    });
  }

  get text(): string {
    return this.messages.map(({ json }) => json.data ?? "").join("");
  }

  get types(): string[] {
    return this.messages.map(({ json }) => json.type);
  }
}

/** Types without what follows its like: how often text was cut into pieces is nobody's promise. */
function runs(types: readonly string[]): string[] {
  return types.filter((type, index) => type !== types[index - 1]);
}

test.concurrent.each([
  ["GET", (url: string) => new OldClient(`${url}${plainSse({ question: "سؤال؟", conversation_id: "null" })}`)],
  [
    "POST with JSON",
    (url: string) =>
      new OldClient(`${url}${plainSse()}`, {
        method: "POST",
        headers: { "content-type": "application/json; charset=utf-8" },
        body: JSON.stringify({ question: "سؤال؟", conversation_id: null }),
      }),
  ],
  [
    "POST with a form",
    (url: string) =>
      new OldClient(`${url}${plainSse()}`, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ question: "سؤال؟", conversation_id: "" }).toString(),
      }),
  ],
])(
  "the plain SSE route gives an EventSource text, measures, the end, and then tells it to stop: %s",
  async (_name, open) => {
    await using upstream = await startUpstream(() => streamReply(...TEXTS));
    await using server = await serve(upstream.url);
    const client = open(server.url);
    await client.stopped;
    expect(client.text).toBe(WHOLE);
    expect(runs(client.types)).toEqual(["status", "data", "metrics", "end"]);
    for (const { json } of client.messages) if (json.type === "data") expect(json.payload.content).toBe(json.data);
    expect(client.messages.at(-1)?.json.payload).toMatchObject({
      outcome: "completed",
      finish_reason: "stop",
      model_used: "model-1",
      provider: "one",
      length: WHOLE.length,
      tokens_used: null,
      usage: null,
    });
    expect(new Set(client.messages.map(({ id }) => id)).size).toBe(client.messages.length);
    expect(upstream.requests).toHaveLength(1);
    expect(upstream.requests[0]?.json?.messages).toEqual([{ role: "user", content: "سؤال؟" }]);
    expect(server.errors).toEqual([]);
  },
);

/** An upstream that refuses once, thinks, and says its text piece by piece, each when the one before has been read. */
async function* slowly(): AsyncGenerator<string> {
  for (const piece of chatStream(
    { choices: [{ index: 0, delta: { reasoning_content: "همم" }, finish_reason: null }] },
    ...TEXTS,
    STOP,
  )) {
    await new Promise((resolve) => setTimeout(resolve, 15));
    yield piece;
  }
}

test.concurrent("an EventSource whose line dies after any frame, or within one, gets exactly the rest", async () => {
  const seen = new Set<string>();
  await using upstream = await startUpstream(({ json }): UpstreamReply => {
    const question = String((json?.messages as { content: string }[] | undefined)?.[0]?.content);
    if (seen.has(question)) return { headers: EVENT_STREAM, pieces: slowly() };
    seen.add(question);
    return { status: 500, pieces: ["{}"] };
  });
  await using server = await startServer({
    config: {
      providers: { one: { dialect: "openai-chat", baseUrl: `${upstream.url}/v1`, model: "model-1" } },
      routes: { default: { targets: [{ provider: "one" }], maxRetries: 1 } },
    },
  });
  // Statuses, reasoning, up to six texts, metrics and end are at most 13 frames; each is cut after, and within the next.
  const cuts = Array.from({ length: 14 }, (_, frames) => [0, 7, 60].map((bytes) => ({ frames, bytes }))).flat();
  const outcomes = await Promise.all(
    cuts.map(async (cut, index) => {
      await using proxy: CutProxy = await startCutProxy(server.url, (connection) =>
        connection === 0 ? cut : undefined,
      );
      const client = new OldClient(`${proxy.url}${plainSse({ question: `Q${index}`, answer_id: `answer-${index}` })}`);
      await client.stopped;
      return { cut, client, connections: proxy.connections };
    }),
  );
  for (const { cut, client } of outcomes) {
    const name = JSON.stringify(cut);
    expect(client.text, name).toBe(WHOLE);
    expect(runs(client.types), name).toEqual(["status", "reasoning", "data", "metrics", "end"]);
    expect(
      client.types.filter((type) => type === "metrics" || type === "end"),
      name,
    ).toEqual(["metrics", "end"]);
    const states = client.messages.flatMap(({ json }) => (json.type === "status" ? [json.payload.state] : []));
    expect(states, name).toEqual(["started", "attempt", "setback", "attempt"]);
  }
  // Otherwise nothing was proved: each line that was cut came back.
  expect(outcomes.filter(({ connections }) => connections > 1).length).toBeGreaterThan(25);
  expect(upstream.requests).toHaveLength(2 * cuts.length);
  expect(server.errors).toEqual([]);
});

test.concurrent("a reconnect after every id of an ended answer gets exactly the frames that followed it", async () => {
  const faucet = new Faucet();
  await using upstream = await startUpstream(() => ({ headers: EVENT_STREAM, pieces: faucet }));
  await using server = await serve(upstream.url);
  const live = await openSse(`${server.url}${plainSse({ question: "Q" })}`);
  for (const [index, text] of TEXTS.entries()) {
    faucet.pour(`data: ${JSON.stringify(chunkOf(text))}\n\n`);
    await live.until(() => live.ofType("data").length === index + 1);
  }
  faucet.pour(...chatStream(STOP));
  faucet.close();
  await live.closed;
  expect(live.frames.map(({ json }) => json.type)).toEqual([
    ...["status", "status", ...TEXTS.map(() => "data"), "metrics", "end"],
  ]);
  for (const [index, { id = "" }] of live.frames.entries()) {
    const again = await openSse(`${server.url}${plainSse()}`, { headers: { "last-event-id": id } });
    await again.closed;
    const rest = live.frames.slice(index + 1);
    expect(again.status, `after ${id}`).toBe(rest.length === 0 ? 204 : 200);
    const textOf = (frames: SseReader["frames"]) => frames.map(({ json }) => json.data ?? "").join("");
    expect(textOf(again.frames), `after ${id}`).toBe(textOf(rest));
    expect(runs(again.frames.map(({ json }) => json.type))).toEqual(runs(rest.map(({ json }) => json.type)));
    expect(again.frames.at(-1)?.raw).toBe(rest.at(-1)?.raw);
    // A cursor may come by the query as well.
    const byQuery = await openSse(`${server.url}${plainSse({ last_event_id: id })}`);
    await byQuery.closed;
    expect(byQuery.frames.map(({ raw }) => raw)).toEqual(again.frames.map(({ raw }) => raw));
  }
});

test.concurrent("the first bytes leave at once while the upstream hangs, with the headers that proxies need", async () => {
  await using upstream = await startUpstream(() => ({ headers: EVENT_STREAM, end: "hang" }));
  await using server = await serve(upstream.url);
  const before = performance.now();
  const reader = await openSse(`${server.url}${plainSse({ question: "Q" })}`);
  const { id, json } = await reader.until(({ json }) => json?.payload.state === "attempt");
  expect(performance.now() - before).toBeLessThan(1_500);
  expect(id).toBeTruthy();
  expect(json.payload).toMatchObject({ provider: "one", model: "model-1", why: "first" });
  expect(reader.status).toBe(200);
  expect(reader.headers).toMatchObject({
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache, no-transform",
    "x-accel-buffering": "no",
    "x-answer-id": json.payload.answer_id,
  });
  expect(reader.headers["content-encoding"]).toBeUndefined();
  expect(reader.headers["content-length"]).toBeUndefined();
  expect(reader.text).toMatch(/^: ping\n\n/);
  expect(reader.text).toContain("retry: 1000\n\n");
  expect(reader.frames[0]?.json.payload.state).toBe("started");
  reader.leave();
});

test("a comment comes at least every 15 seconds, also before the first token", async () => {
  await using upstream = await startUpstream(() => ({ headers: EVENT_STREAM, end: "hang" }));
  await using server = await serve(upstream.url);
  using _timers = fakeTimers("setInterval", "clearInterval");
  const reader = await openSse(`${server.url}${plainSse({ question: "Q" })}`);
  await reader.until(({ json }) => json?.payload.state === "attempt");
  const pings = () => reader.text.split(": ping\n\n").length - 1;
  for (let round = 1; round <= 3; round++) {
    const before = pings();
    vi.advanceTimersByTime(15_000);
    await vi.waitFor(() => expect(pings()).toBeGreaterThan(before), { interval: 5 });
  }
  reader.leave();
});

test.concurrent("text crosses as plain UTF-8, one line a frame, whatever it holds", async () => {
  const text = 'عربي 漢字 👩‍👩‍👧 \u2028\u2029 "quoted" <b>&amp;</b> \\u0041 \u0000 data: x\n\nid: 1\r\rend';
  await using upstream = await startUpstream(() => streamReply(text));
  await using server = await serve(upstream.url);
  const reader = await openSse(`${server.url}${plainSse({ question: "Q" })}`);
  await reader.closed;
  const [frame] = reader.ofType("data");
  expect(frame?.json.data).toBe(text);
  expect(frame?.raw).toContain("عربي 漢字 👩‍👩‍👧");
  expect(frame?.raw.split("\n")).toHaveLength(2);
});

test.concurrent("an answer whose targets are all dead ends with one bilingual error, and the EventSource stops", async () => {
  await using upstream = await startUpstream(() => ({
    status: 401,
    pieces: ['{"error":{"message":"secret detail"}}'],
  }));
  await using server = await serve(upstream.url);
  const client = new OldClient(`${server.url}${plainSse({ question: "Q" })}`);
  await client.stopped;
  expect(runs(client.types)).toEqual(["status", "metrics", "error"]);
  const { payload } = client.messages.at(-1)?.json ?? {};
  expect(payload).toMatchObject({
    code: "provider-auth",
    answer_id: expect.any(String),
    conversation_id: expect.any(String),
  });
  for (const field of ["message", "remedy"]) {
    expect(payload?.[field]).toMatch(/[a-z]/);
    expect(payload?.[`${field}_ar`]).toMatch(/[\u0600-\u06ff]/);
    expect(payload?.error).toContain(payload?.[field]);
    expect(payload?.error).toContain(payload?.[`${field}_ar`]);
  }
  expect(JSON.stringify(client.messages)).not.toContain("secret detail");
  expect(upstream.requests).toHaveLength(1);
});

test.concurrent("with nothing configured the error says what to set, and the EventSource stops", async () => {
  await using server = await startServer();
  const client = new OldClient(`${server.url}${plainSse({ question: "Q" })}`);
  await client.stopped;
  expect(client.types).toEqual(["error"]);
  const { payload } = client.messages[0]?.json ?? {};
  expect(payload).toMatchObject({ code: "no-provider", answer_id: null, conversation_id: null });
  expect(payload?.error).toContain("OPENROUTER_API_KEY");
  expect(payload?.remedy_ar).toMatch(/[\u0600-\u06ff]/);
});

test.concurrent("an EventSource lives through a restart of the server in mid-answer and gets one end", async () => {
  const faucet = new Faucet();
  await using upstream = await startUpstream((_request, index) =>
    index === 0 ? { headers: EVENT_STREAM, pieces: faucet } : streamReply(" and after it."),
  );
  await using folder = await tempFolder();
  const first = await serve(upstream.url, { directory: folder.path });
  await using proxy = await startCutProxy(first.url, () => undefined);
  const client = new OldClient(`${proxy.url}${plainSse({ question: "Q" })}`);
  faucet.pour(`data: ${JSON.stringify(chunkOf("before the restart"))}\n\n`);
  await vi.waitFor(() => expect(client.text).toBe("before the restart"), { interval: 5 });
  await first.app.close(0);
  await using second = await serve(upstream.url, { directory: folder.path });
  proxy.target = second.url;
  await client.stopped;
  expect(client.types.filter((type) => type === "metrics" || type === "end" || type === "error")).toHaveLength(2);
  const { answer_id: answerId } = client.messages.at(-1)?.json.payload ?? {};
  const { text, status } = await (await second.fetch(`/v1/answers/${answerId}`)).json();
  expect(client.text).toBe(text);
  // Whether the next program can go on from the text is the engine's affair; that there is one true end is the door's.
  expect(text.startsWith("before the restart")).toBe(true);
  expect(client.types.at(-1)).toBe(status === "completed" ? "end" : "error");
});

test.concurrent("a reader that hangs up during the answer does not end it", async () => {
  const faucet = new Faucet();
  await using upstream = await startUpstream(() => ({ headers: EVENT_STREAM, pieces: faucet }));
  await using server = await serve(upstream.url);
  const reader = await openSse(`${server.url}${plainSse({ question: "Q" })}`);
  faucet.pour(`data: ${JSON.stringify(chunkOf("one "))}\n\n`);
  const { id = "" } = await reader.until(({ json }) => json?.type === "data");
  reader.leave();
  await reader.closed;
  faucet.pour(...chatStream("two", STOP));
  faucet.close();
  const back = await openSse(`${server.url}${plainSse()}`, { headers: { "last-event-id": id } });
  await back.closed;
  expect(
    back
      .ofType("data")
      .map(({ json }) => json.data)
      .join(""),
  ).toBe("two");
  expect(back.ofType("end")).toHaveLength(1);
});

test.concurrent("one packet holds all that an EventSource needs to come back without asking twice", async () => {
  await using upstream = await startUpstream(() => ({ headers: EVENT_STREAM, end: "hang" }));
  await using server = await serve(upstream.url);
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.write(
    `GET ${plainSse({ question: "Q" })} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${KEY}\r\n\r\n`,
  );
  const first = await new Promise<Buffer>((resolve) => socket.once("data", resolve));
  expect(first.toString()).toContain('"state":"started"');
  expect(first.toString()).toContain("\nid: c1.");
  socket.destroy();
});
