import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AnswerEvent } from "@cogniforge/core/events";
import { expect, test, vi } from "vitest";
import { seededRandom } from "../../../packages/core/testing/seeded_random.ts";
import { tempFolder } from "../src/storage/temp_folder.ts";
import type { Child } from "./_child.ts";
import { startChild } from "./_child.ts";
import { Faucet } from "./_faucet.ts";
import { KEY } from "./_server.ts";
import { openSse, plainSse } from "./_sse_reader.ts";
import { overHttp, overWebSocket, textOf, watch } from "./_trpc_client.ts";
import { chatStream, chunkOf, EVENT_STREAM, STOP, startUpstream, streamReply } from "./_upstream.ts";

vi.setConfig({ testTimeout: 60_000 });

const SEED = Number(process.env.KILL_SEED ?? Math.floor(Math.random() * 2 ** 31));

async function folderFor(upstreamUrl: string) {
  const folder = await tempFolder();
  const config = {
    providers: { one: { dialect: "openai-chat", baseUrl: `${upstreamUrl}/v1`, model: "model-1" } },
    routes: { default: { targets: [{ provider: "one" }], maxRetries: 0 } },
  };
  await writeFile(join(folder.path, "cogniforge.config.json"), JSON.stringify(config));
  return folder;
}

/** Everything that the journal has of an answer, as the polling door tells it from the beginning. */
async function readAll(child: Child, answerId: string): Promise<AnswerEvent[]> {
  const client = overHttp(child.url);
  const events: AnswerEvent[] = [];
  // Before the first event, so that the past comes as it was written and not as one snapshot.
  let cursor = `c1.${answerId}.0.0`;
  for (;;) {
    const read = await client.answers.read.query({ answerId, cursor });
    if (read.events.length === 0) return events;
    events.push(...read.events);
    cursor = read.cursor;
  }
}

async function* pouring(count: number): AsyncGenerator<string> {
  for (let index = 0; index < count; index++) {
    yield `data: ${JSON.stringify(chunkOf(`كلمة${index} `))}\n\n`;
    if (index % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

test.concurrent(`what any reader saw before kill -9 is in the journal, byte for byte (KILL_SEED=${SEED})`, async () => {
  const random = seededRandom(SEED);
  await using upstream = await startUpstream(() => ({ headers: EVENT_STREAM, pieces: pouring(20_000) }));
  await using folder = await folderFor(upstream.url);
  const told: { answerId: string; texts: string[]; events: AnswerEvent[] }[] = [];
  for (let round = 0; round < 4; round++) {
    await using child = await startChild(folder.path);
    // The answers of the rounds before, read by the program that came after the one which was killed.
    for (const { answerId, texts, events } of told.splice(0)) {
      const journal = await readAll(child, answerId);
      const text = textOf(journal.map((event) => ({ event })));
      for (const seen of texts) {
        expect(seen.length).toBeGreaterThan(0);
        expect(text.slice(0, seen.length)).toBe(seen);
      }
      const response = await fetch(`${child.url}/v1/answers/${answerId}`, {
        headers: { authorization: `Bearer ${KEY}` },
      });
      // The next program may have gone on with it meanwhile; what was seen still stands.
      expect((await response.json()).text.slice(0, text.length)).toBe(text);
      // Deltas may be told in other pieces; every other event is told as it was seen.
      for (const event of events) {
        if (event.type !== "text-delta") expect(journal).toContainEqual(event);
      }
    }
    if (round === 3) break;
    const answerId = `killed-answer-${round}`;
    const client = overHttp(child.url);
    using socket = overWebSocket(child.url);
    const plain = await openSse(`${child.url}${plainSse({ question: "Q", answer_id: answerId })}`);
    const readers = [watch(client, { answerId }), watch(socket.client, { answerId })];
    await Promise.all([
      ...readers.map((reader) => reader.until(({ type }) => type === "text-delta" || type === "snapshot")),
      plain.until(({ json }) => json?.type === "data"),
    ]);
    await new Promise((resolve) => setTimeout(resolve, random() * 250));
    child.process.kill("SIGKILL");
    await Promise.all([child.exited, plain.closed]);
    for (const reader of readers) reader.leave();
    expect(plain.ofType("end"), "the answer was to be killed in its middle").toEqual([]);
    told.push({
      answerId,
      texts: [
        plain
          .ofType("data")
          .map(({ json }) => json.data)
          .join(""),
        ...readers.map(({ seen }) => textOf(seen)),
      ],
      events: readers.flatMap(({ seen }) => seen.map(({ event }) => event)).filter(({ type }) => type !== "snapshot"),
    });
  }
});

test.concurrent("an answer whose program was killed gets its one end from the next program", async () => {
  const faucet = new Faucet();
  await using upstream = await startUpstream((_request, index) =>
    index === 0 ? { headers: EVENT_STREAM, pieces: faucet } : streamReply("and after it"),
  );
  await using folder = await folderFor(upstream.url);
  const answerId = "orphaned-answer";
  let id: string | undefined;
  {
    await using child = await startChild(folder.path);
    const reader = await openSse(`${child.url}${plainSse({ question: "Q", answer_id: answerId })}`);
    faucet.pour(`data: ${JSON.stringify(chunkOf("before the end "))}\n\n`);
    ({ id } = await reader.until(({ json }) => json?.type === "data"));
  }
  await using next = await startChild(folder.path);
  const rest = await openSse(`${next.url}${plainSse()}`, { headers: { "last-event-id": id ?? "" } });
  await rest.closed;
  // Whether the next program can go on from the text is the engine's affair; that there is one end, and a true one, is ours.
  expect(rest.frames.filter(({ json }) => json.type === "end" || json.type === "error")).toHaveLength(1);
  const { text, end } = await overHttp(next.url).answers.get.query({ answerId });
  expect(text).toBe(
    `before the end ${rest
      .ofType("data")
      .map(({ json }) => json.data)
      .join("")}`,
  );
  expect(end?.length).toBe(text.length);
  const again = await openSse(`${next.url}${plainSse()}`, {
    headers: { "last-event-id": rest.frames.at(-1)?.id ?? "" },
  });
  expect(again.status).toBe(204);
});

test.concurrent("SIGTERM lets a running answer finish, its readers see the end, and the program exits with 0", async () => {
  const faucet = new Faucet();
  await using upstream = await startUpstream(() => ({ headers: EVENT_STREAM, pieces: faucet }));
  await using folder = await folderFor(upstream.url);
  await using child = await startChild(folder.path);
  using socket = overWebSocket(child.url);
  const answerId = "draining-answer";
  const plain = await openSse(`${child.url}${plainSse({ question: "Q", answer_id: answerId })}`);
  const v1 = await openSse(`${child.url}/v1/answers/${answerId}/stream`);
  const readers = [watch(overHttp(child.url), { answerId }), watch(socket.client, { answerId })];
  faucet.pour(`data: ${JSON.stringify(chunkOf("one "))}\n\n`);
  await Promise.all([
    ...readers.map((reader) => reader.until(({ type }) => type === "text-delta" || type === "snapshot")),
    plain.until(({ json }) => json?.type === "data"),
    v1.until(({ json }) => json?.choices?.[0]?.delta.content === "one "),
  ]);
  child.process.kill("SIGTERM");
  await vi.waitFor(async () => expect((await fetch(`${child.url}/readyz`)).status).toBe(503), {
    interval: 20,
    timeout: 10_000,
  });
  faucet.pour(...chatStream("two", STOP));
  faucet.close();
  await Promise.all([plain.closed, v1.closed]);
  expect(
    plain
      .ofType("data")
      .map(({ json }) => json.data)
      .join(""),
  ).toBe("one two");
  expect(plain.ofType("end")).toHaveLength(1);
  expect(v1.text.endsWith("data: [DONE]\n\n")).toBe(true);
  for (const reader of readers) {
    await reader.until(({ type }) => type === "answer-end");
    expect(textOf(reader.seen)).toBe("one two");
    reader.leave();
  }
  expect(await child.exited).toBe(0);
});

test.concurrent.each(["SIGTERM", "SIGINT"] as const)(
  "%s ends an idle program promptly with 0, open connections or not",
  async (signal) => {
    await using folder = await folderFor("http://127.0.0.1:9");
    await using child = await startChild(folder.path);
    using socket = overWebSocket(child.url);
    await socket.client.system.status.query();
    expect((await fetch(`${child.url}/healthz`)).status).toBe(200);
    const before = performance.now();
    child.process.kill(signal);
    expect(await child.exited).toBe(0);
    expect(performance.now() - before).toBeLessThan(2_000);
  },
);
