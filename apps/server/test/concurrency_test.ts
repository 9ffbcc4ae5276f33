import { expect, test, vi } from "vitest";
import { startServer } from "./_server.ts";
import { openSse, plainSse } from "./_sse_reader.ts";
import { overHttp, overWebSocket, textOf, watch } from "./_trpc_client.ts";
import { chatStream, EVENT_STREAM, STOP, startUpstream } from "./_upstream.ts";

vi.setConfig({ testTimeout: 60_000 });

const ANSWERS = 100;
const PIECES = 40;

function textFor(question: string): string[] {
  return Array.from({ length: PIECES }, (_, piece) => `${question}:${piece} كلمة 👍\n`);
}

async function* paced(question: string): AsyncGenerator<string> {
  for (const piece of chatStream(...textFor(question), STOP)) {
    await new Promise((resolve) => setImmediate(resolve));
    yield piece;
  }
}

test("a hundred answers at once reach three readers each, slow ones included, and leave nothing behind", async () => {
  await using upstream = await startUpstream(({ json }) => {
    const { messages } = json as { messages: { content: string }[] };
    return { headers: EVENT_STREAM, pieces: paced(String(messages[0]?.content)) };
  });
  await using server = await startServer({
    config: {
      providers: { one: { dialect: "openai-chat", baseUrl: `${upstream.url}/v1`, model: "model-1" } },
      routes: {
        default: { targets: [{ provider: "one" }], maxRetries: 0, timeouts: { firstTokenMs: 50_000, idleMs: 50_000 } },
      },
    },
  });
  using socket = overWebSocket(server.url);
  const http = overHttp(server.url);

  const readAll = async (index: number) => {
    const question = `Q${index}`;
    const { answerId } = await socket.client.answers.start.mutate({ question, answerId: `answer-${index}-of-many` });
    const overSocket = watch(socket.client, { answerId });
    // One of the others polls, and one takes its first bytes and then none for a while.
    const polled = (async () => {
      let text = "";
      let cursor: string | undefined;
      for (;;) {
        const read = await http.answers.read.query({ answerId, cursor, waitMs: 20_000 });
        text = textOf(
          read.events.map((event) => ({ event })),
          text,
        );
        ({ cursor } = read);
        if (read.isEnded) return text;
      }
    })();
    const plain = await openSse(`${server.url}${plainSse({ question, answer_id: answerId })}`);
    if (index % 3 === 0) {
      plain.pause();
      await overSocket.done;
      plain.resume();
    }
    await plain.closed;
    return {
      question,
      texts: [
        textOf(await overSocket.done),
        await polled,
        plain
          .ofType("data")
          .map(({ json }) => json.data)
          .join(""),
      ],
      ends: plain.ofType("end").length,
    };
  };
  const read = await Promise.all(Array.from({ length: ANSWERS }, (_, index) => readAll(index)));
  for (const { question, texts, ends } of read) {
    const whole = textFor(question).join("");
    expect(texts, question).toEqual([whole, whole, whole]);
    expect(ends, question).toBe(1);
  }
  expect(upstream.requests).toHaveLength(ANSWERS);
  await vi.waitFor(() => expect(server.app.activity()).toEqual({ running: 0, followed: 0, attended: 0 }), {
    interval: 5,
  });
  expect(server.errors).toEqual([]);
});

test("answers of /v1 whose readers come and go are all forgotten when they have ended", async () => {
  await using upstream = await startUpstream(() => ({ headers: EVENT_STREAM, pieces: paced("Q") }));
  await using server = await startServer({
    config: { providers: { one: { dialect: "openai-chat", baseUrl: `${upstream.url}/v1`, model: "model-1" } } },
  });
  const ask = () =>
    openSse(`${server.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "default", stream: true, messages: [{ role: "user", content: "Q" }] }),
    });
  await Promise.all(
    Array.from({ length: 30 }, async (_, index) => {
      const reader = await ask();
      if (index % 2 === 0) reader.leave();
      await reader.closed;
    }),
  );
  await vi.waitFor(() => expect(server.app.activity()).toEqual({ running: 0, followed: 0, attended: 0 }), {
    interval: 20,
    timeout: 10_000,
  });
  expect(server.errors).toEqual([]);
});

test("readers that take nothing slow neither the answer nor the other readers", async () => {
  const text = "x".repeat(1_000);
  async function* long(): AsyncGenerator<string> {
    for (const piece of chatStream(...Array.from({ length: 8_000 }, () => text), STOP)) yield piece;
  }
  await using upstream = await startUpstream(() => ({ headers: EVENT_STREAM, pieces: long() }));
  await using server = await startServer({
    config: { providers: { one: { dialect: "openai-chat", baseUrl: `${upstream.url}/v1`, model: "model-1" } } },
  });
  const answerId = "a-long-answer";
  const deaf = await openSse(`${server.url}${plainSse({ question: "Q", answer_id: answerId })}`);
  deaf.pause();
  const deafOnes = await Promise.all(
    Array.from({ length: 10 }, () => openSse(`${server.url}/v1/answers/${answerId}/stream`)),
  );
  for (const reader of deafOnes) reader.pause();
  const reader = watch(overHttp(server.url), { answerId });
  const seen = await reader.done;
  expect(textOf(seen)).toHaveLength(8_000_000);
  expect(server.app.activity()).toMatchObject({ running: 0, followed: 1 });
  deaf.resume();
  await deaf.closed;
  expect(
    deaf
      .ofType("data")
      .map(({ json }) => json.data)
      .join(""),
  ).toBe(text.repeat(8_000));
  for (const one of deafOnes) one.leave();
  await vi.waitFor(() => expect(server.app.activity().followed).toBe(0), { interval: 5 });
});
