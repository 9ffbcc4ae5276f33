import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { TRPCClientError } from "@trpc/client";
import { expect, test, vi } from "vitest";
import { fakeTimers } from "./_fake_timers.ts";
import { Faucet } from "./_faucet.ts";
import type { TestServer } from "./_server.ts";
import { startServer } from "./_server.ts";
import { openSse } from "./_sse_reader.ts";
import type { Client, Watching } from "./_trpc_client.ts";
import { overHttp, overWebSocket, textOf, watch } from "./_trpc_client.ts";
import type { Upstream } from "./_upstream.ts";
import { chatStream, chunkOf, EVENT_STREAM, STOP, startUpstream, streamReply } from "./_upstream.ts";

vi.setConfig({ testTimeout: 20_000 });

const TEXTS = ["مرحبًا ", "أيها ", "العالم ", "👩‍👩‍👧 ", "end."];
const WHOLE = TEXTS.join("");

function serve(upstream: Pick<Upstream, "url">): Promise<TestServer> {
  return startServer({
    config: {
      providers: { one: { dialect: "openai-chat", baseUrl: `${upstream.url}/v1`, model: "model-1" } },
      routes: { default: { targets: [{ provider: "one" }], maxRetries: 0, timeouts: { firstTokenMs: 60_000 } } },
    },
  });
}

/** An upstream whose every answer comes out of one tap. */
async function startTap(): Promise<{ upstream: Upstream; faucet: Faucet } & AsyncDisposable> {
  const faucet = new Faucet();
  const upstream = await startUpstream(() => ({ headers: EVENT_STREAM, pieces: faucet }));
  return { upstream, faucet, [Symbol.asyncDispose]: () => upstream[Symbol.asyncDispose]() };
}

function say(faucet: Faucet, text: string): void {
  faucet.pour(`data: ${JSON.stringify(chunkOf(text))}\n\n`);
}

function finish(faucet: Faucet): void {
  faucet.pour(...chatStream(STOP));
  faucet.close();
}

/** Says the texts one by one, each when the reader has the one before. */
async function sayAll(faucet: Faucet, reader: Watching): Promise<void> {
  let length = 0;
  for (const text of TEXTS) {
    say(faucet, text);
    length += text.length;
    await reader.until((event) => event.type === "text-delta" && event.offset + event.text.length === length);
  }
  finish(faucet);
}

function clientOf(transport: "SSE" | "WebSocket", url: string): { client: Client } & Disposable {
  if (transport === "WebSocket") return overWebSocket(url);
  return { client: overHttp(url), [Symbol.dispose]() {} };
}

async function failureOf(call: Promise<unknown>): Promise<{ code: string; httpStatus: number }> {
  const error = await call.then(
    () => expect.fail("The call was not refused"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof TRPCClientError)) throw error;
  return { code: error.data.failure.code, httpStatus: error.data.httpStatus };
}

for (const transport of ["SSE", "WebSocket"] as const) {
  test.concurrent(`answers.watch over ${transport} gives every event with a cursor, and exactly the rest after each`, async () => {
    await using tap = await startTap();
    await using server = await serve(tap.upstream);
    using connection = clientOf(transport, server.url);
    const { client } = connection;
    const { answerId, attached } = await client.answers.start.mutate({ question: "سؤال" });
    expect(attached).toBe(false);
    const reader = watch(client, { answerId });
    await sayAll(tap.faucet, reader);
    const all = await reader.done;

    expect(all.map(({ event }) => event.type)).toEqual([
      ...["answer-start", "attempt-start", ...TEXTS.map(() => "text-delta"), "attempt-end", "answer-end"],
    ]);
    expect(all.map(({ event }) => event.seq)).toEqual(all.map((_, index) => index + 1));
    expect(textOf(all)).toBe(WHOLE);

    for (const [index, { id }] of all.entries()) {
      const rest = await watch(client, { answerId, lastEventId: id }).done;
      const before = textOf(all.slice(0, index + 1));
      expect(textOf(rest, before), `after event ${index + 1}`).toBe(WHOLE);
      // Deltas that are ready together come as one; everything else comes as it was written.
      const facts = (events: typeof all) => events.filter(({ event }) => event.type !== "text-delta");
      expect(facts(rest), `after event ${index + 1}`).toEqual(facts(all.slice(index + 1)));
      for (const { event } of rest) expect(event.seq).toBeGreaterThan(index + 1);
    }
    expect(tap.upstream.requests).toHaveLength(1);
    expect(server.errors).toEqual([]);
  });

  test.concurrent(`a late reader over ${transport} gets answer-start, one snapshot, and then what follows`, async () => {
    await using tap = await startTap();
    await using server = await serve(tap.upstream);
    using connection = clientOf(transport, server.url);
    const { client } = connection;
    const { answerId } = await client.answers.start.mutate({ question: "Q" });
    const early = watch(client, { answerId });
    say(tap.faucet, "one ");
    say(tap.faucet, "two ");
    await early.until((event) => event.type === "text-delta" && event.offset + event.text.length === 8);

    const late = watch(client, { answerId });
    const { event: snapshot, id } = await late.until(({ type }) => type === "snapshot");
    expect(snapshot).toMatchObject({ text: "one two ", reasoning: "", toolCalls: [], attempts: [{ attempt: 1 }] });
    say(tap.faucet, "three");
    finish(tap.faucet);
    const seen = await late.done;
    expect(seen.map(({ event }) => event.type)).toEqual([
      ...["answer-start", "snapshot", "text-delta", "attempt-end", "answer-end"],
    ]);
    expect(textOf(seen)).toBe("one two three");
    expect(textOf(await watch(client, { answerId, lastEventId: id }).done, "one two ")).toBe("one two three");
    expect(textOf(await early.done)).toBe("one two three");

    const after = await watch(client, { answerId }).done;
    expect(after.map(({ event }) => event.type)).toEqual(["answer-start", "snapshot", "answer-end"]);
    expect(textOf(after)).toBe("one two three");
  });
}

test.concurrent("answers.read gives what is there, waits for news, and is freed when its caller leaves", async () => {
  await using tap = await startTap();
  await using server = await serve(tap.upstream);
  const client = overHttp(server.url);
  const { answerId, cursor: start } = await client.answers.start.mutate({ question: "Q" });
  let { cursor, events } = await client.answers.read.query({ answerId, cursor: start, waitMs: 10_000 });
  while (!events.some(({ type }) => type === "attempt-start")) {
    ({ cursor, events } = await client.answers.read.query({ answerId, cursor, waitMs: 10_000 }));
  }
  const before = performance.now();
  expect(await client.answers.read.query({ answerId, cursor })).toEqual({ events: [], cursor, isEnded: false });
  const nothing = await client.answers.read.query({ answerId, cursor, waitMs: 200 });
  expect(nothing).toEqual({ events: [], cursor, isEnded: false });
  expect(performance.now() - before).toBeGreaterThanOrEqual(195);

  const news = client.answers.read.query({ answerId, cursor, waitMs: 20_000 });
  say(tap.faucet, "news");
  expect(await news).toMatchObject({ events: [{ type: "text-delta", text: "news" }], isEnded: false });

  const abort = new AbortController();
  const given = (await news).cursor;
  const left = client.answers.read.query({ answerId, cursor: given, waitMs: 20_000 }, { signal: abort.signal });
  await vi.waitFor(() => expect(server.app.activity().followed).toBe(1), { interval: 5 });
  abort.abort();
  await expect(left).rejects.toThrow();
  await vi.waitFor(() => expect(server.app.activity().followed).toBe(0), { interval: 5 });
  finish(tap.faucet);
  let text = "news";
  for (let read = await client.answers.read.query({ answerId, cursor: given, waitMs: 20_000 }); ; ) {
    text = textOf(
      read.events.map((event) => ({ event })),
      text,
    );
    if (read.isEnded) break;
    read = await client.answers.read.query({ answerId, cursor: read.cursor, waitMs: 20_000 });
  }
  expect(text).toBe("news");
});

test.concurrent("answers.cancel reaches the upstream within a second, and every reader sees one cancelled end", async () => {
  await using tap = await startTap();
  await using server = await serve(tap.upstream);
  using socket = overWebSocket(server.url);
  const { answerId } = await socket.client.answers.start.mutate({ question: "Q" });
  const readers = [watch(overHttp(server.url), { answerId }), watch(socket.client, { answerId })];
  say(tap.faucet, "begun");
  await Promise.all(readers.map((reader) => reader.until(({ type }) => type === "text-delta")));
  const before = performance.now();
  expect(await socket.client.answers.cancel.mutate({ answerId })).toEqual({ cancelled: true });
  await tap.upstream.requests[0]?.closed;
  expect(performance.now() - before).toBeLessThan(1_000);
  for (const { done } of readers) {
    const end = (await done).at(-1)?.event;
    expect(end).toMatchObject({ type: "answer-end", outcome: "cancelled", length: 5, failure: { code: "cancelled" } });
  }
  expect(await socket.client.answers.cancel.mutate({ answerId })).toEqual({ cancelled: false });
  expect(await socket.client.answers.get.query({ answerId })).toMatchObject({ status: "cancelled", text: "begun" });
});

test.concurrent("answers.start asks once for one id, also when it comes many times at the same moment", async () => {
  await using tap = await startTap();
  await using server = await serve(tap.upstream);
  const client = overHttp(server.url);
  const ask = { answerId: "the-same-answer", question: "Q" };
  const started = await Promise.all(Array.from({ length: 8 }, () => client.answers.start.mutate(ask)));
  expect(started.filter(({ attached }) => !attached)).toHaveLength(1);
  expect(new Set(started.map(({ conversationId }) => conversationId)).size).toBe(1);
  const reader = watch(client, { answerId: ask.answerId });
  say(tap.faucet, "once");
  finish(tap.faucet);
  await reader.done;
  expect(await client.answers.start.mutate(ask)).toMatchObject({ attached: true, answerId: ask.answerId });
  expect(await failureOf(client.answers.start.mutate({ ...ask, question: "another" }))).toEqual({
    code: "id-taken",
    httpStatus: 409,
  });
  expect(tap.upstream.requests).toHaveLength(1);
  const { conversations } = await client.conversations.list.query();
  expect(conversations).toHaveLength(1);
  const { turns } = await client.conversations.get.query({ conversationId: conversations[0]?.id ?? "" });
  expect(turns).toMatchObject([{ question: "Q", answerId: ask.answerId, answer: { text: "once" } }]);
});

test.concurrent("a conversation sends its turns along, in order, even when the next question comes at once", async () => {
  await using upstream = await startUpstream(({ json }) => {
    const { messages } = json as { messages: unknown[] };
    return streamReply(`A${messages.length}`);
  });
  await using server = await serve(upstream);
  using socket = overWebSocket(server.url);
  const { client } = socket;
  let conversationId: string | undefined;
  for (const question of ["first", "second", "third", "fourth"]) {
    const started = await client.answers.start.mutate({ question, conversationId });
    conversationId = started.conversationId;
    // As a page does that asks again in the very moment in which it sees the end.
    await watch(client, { answerId: started.answerId }).until(({ type }) => type === "answer-end");
  }
  expect(upstream.requests.map(({ json }) => json?.messages)).toEqual([
    [{ role: "user", content: "first" }],
    [
      { role: "user", content: "first" },
      { role: "assistant", content: "A1" },
      { role: "user", content: "second" },
    ],
    [
      { role: "user", content: "first" },
      { role: "assistant", content: "A1" },
      { role: "user", content: "second" },
      { role: "assistant", content: "A3" },
      { role: "user", content: "third" },
    ],
    expect.arrayContaining([{ role: "assistant", content: "A5" }]),
  ]);
});

test.concurrent("a conversation sends a turn along whose record was lost with the process that should have written it", async () => {
  await using upstream = await startUpstream(() => streamReply("An answer"));
  await using server = await serve(upstream);
  const client = overHttp(server.url);
  const { answerId, conversationId } = await client.answers.start.mutate({ question: "first" });
  await watch(client, { answerId }).done;
  await vi.waitFor(() => expect(server.app.activity().running).toBe(0), { interval: 5 });
  using database = new DatabaseSync(join(server.directory, "data/cogniforge.sqlite"));
  expect(database.prepare("DELETE FROM answer_records").run().changes).toBe(1);
  const second = await client.answers.start.mutate({ question: "second", conversationId });
  await watch(client, { answerId: second.answerId }).done;
  expect(upstream.requests[1]?.json?.messages).toEqual([
    { role: "user", content: "first" },
    { role: "assistant", content: "An answer" },
    { role: "user", content: "second" },
  ]);
});

test.concurrent("conversations are listed newest first, paged, read, renamed and removed", async () => {
  await using upstream = await startUpstream(() => streamReply("An answer"));
  await using server = await serve(upstream);
  const client = overHttp(server.url);
  const ids: string[] = [];
  for (const question of ["سؤال أول", "two", "three"]) {
    const { answerId, conversationId = "" } = await client.answers.start.mutate({ question });
    await watch(client, { answerId }).done;
    ids.unshift(conversationId);
  }
  const page = await client.conversations.list.query({ limit: 2 });
  expect(page.conversations.map(({ id, title }) => [id, title])).toEqual([
    [ids[0], "three"],
    [ids[1], "two"],
  ]);
  const rest = await client.conversations.list.query({ limit: 2, cursor: page.nextCursor });
  expect(rest).toMatchObject({ conversations: [{ id: ids[2], title: "سؤال أول" }] });
  expect(rest.nextCursor).toBeUndefined();

  const conversationId = ids[2] ?? "";
  expect(await client.conversations.rename.mutate({ conversationId, title: "  عنوان  " })).toEqual({ ok: true });
  expect(await client.conversations.get.query({ conversationId })).toMatchObject({
    title: "عنوان",
    turns: [{ question: "سؤال أول", answer: { status: "completed", text: "An answer" } }],
  });
  expect(await client.conversations.remove.mutate({ conversationId })).toEqual({ ok: true });
  const gone = { code: "conversation-not-found", httpStatus: 404 };
  expect(await failureOf(client.conversations.get.query({ conversationId }))).toEqual(gone);
  expect(await failureOf(client.conversations.rename.mutate({ conversationId, title: "x" }))).toEqual(gone);
  expect(await failureOf(client.conversations.remove.mutate({ conversationId }))).toEqual(gone);
  expect(await failureOf(client.answers.start.mutate({ conversationId, question: "Q" }))).toEqual(gone);
  expect((await client.conversations.list.query()).conversations.map(({ id }) => id)).toEqual(ids.slice(0, 2));
});

test.concurrent("an answer goes on to its end when all its readers have left", async () => {
  await using tap = await startTap();
  await using server = await serve(tap.upstream);
  using socket = overWebSocket(server.url);
  const { answerId } = await socket.client.answers.start.mutate({ question: "Q" });
  const readers = [watch(overHttp(server.url), { answerId }), watch(socket.client, { answerId })];
  say(tap.faucet, "one ");
  await Promise.all(readers.map((reader) => reader.until(({ type }) => type === "text-delta")));
  for (const reader of readers) reader.leave();
  await vi.waitFor(() => expect(server.app.activity().followed).toBe(0), { interval: 5 });
  say(tap.faucet, "two");
  finish(tap.faucet);
  expect(textOf(await watch(socket.client, { answerId }).done)).toBe("one two");
  await vi.waitFor(() => expect(server.app.activity()).toEqual({ running: 0, followed: 0, attended: 0 }), {
    interval: 5,
  });
});

test("an answer of /v1 without a key of its own is cancelled when its reader has been away for 15 seconds", async () => {
  await using tap = await startTap();
  await using server = await serve(tap.upstream);
  using _timers = fakeTimers("setTimeout", "clearTimeout");
  const ask = async (headers: Record<string, string>) => {
    const reader = await openSse(`${server.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ model: "default", stream: true, messages: [{ role: "user", content: "Q" }] }),
    });
    return { reader, answerId: String(reader.headers["x-answer-id"]) };
  };
  const forgotten = await ask({});
  const returning = await ask({});
  const keyed = await ask({ "idempotency-key": "mine" });
  await vi.waitFor(() => expect(tap.upstream.requests).toHaveLength(3), { interval: 5 });
  for (const { reader } of [forgotten, returning, keyed]) reader.leave();
  await vi.waitFor(() => expect(server.app.activity().followed).toBe(0), { interval: 5 });
  vi.advanceTimersByTime(10_000);
  expect(server.app.activity()).toMatchObject({ running: 3, attended: 2 });
  const again = await openSse(`${server.url}/v1/answers/${returning.answerId}/stream`);
  await vi.waitFor(() => expect(server.app.activity().followed).toBe(1), { interval: 5 });
  vi.advanceTimersByTime(5_100);
  await tap.upstream.requests[0]?.closed;
  await vi.waitFor(() => expect(server.app.activity()).toMatchObject({ running: 2, attended: 1 }), { interval: 5 });
  const state = await (await server.fetch(`/v1/answers/${forgotten.answerId}`)).json();
  expect(state).toMatchObject({ status: "cancelled", end: { outcome: "cancelled" } });
  again.leave();
});
