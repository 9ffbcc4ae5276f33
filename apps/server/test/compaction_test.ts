import { createHash } from "node:crypto";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { openStorage } from "../src/storage/mod.ts";
import type { TestServer } from "./_server.ts";
import { startServer } from "./_server.ts";
import type { RawFrame } from "./_sse_reader.ts";
import { openSse, plainSse } from "./_sse_reader.ts";
import { overHttp, overWebSocket, watch } from "./_trpc_client.ts";
import { chunkOf, EVENT_STREAM, STOP, startUpstream, streamReply } from "./_upstream.ts";

vi.setConfig({ testTimeout: 60_000 });

const WORDS = ["سلام", " one", " 👩‍🚀", " two\n\n", "mid", " ثلاثة", " four", " خمسة", " six", " ."];
const TEXT = WORDS.join("");

/** The first call thinks, says half of it and is cut; the second one thinks again and says the rest, piece by piece. */
async function* pieces(call: number): AsyncGenerator<string> {
  const said = call === 0 ? WORDS.slice(0, 5) : WORDS.slice(5);
  const thought = (text: string) => ({ ...chunkOf(""), choices: [{ index: 0, delta: { reasoning: text } }] });
  for (const text of ["hm", " well", " so"]) yield `data: ${JSON.stringify(thought(`${text}${call}`))}\n\n`;
  for (const text of said) {
    yield `data: ${JSON.stringify(chunkOf(text))}\n\n`;
    // A read of its own for each, so that each becomes a delta of its own.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  if (call === 0) return;
  yield `data: ${JSON.stringify(STOP)}\n\ndata: [DONE]\n\n`;
}

const rawOf = (frames: readonly RawFrame[]) => frames.map(({ raw }) => raw);

/** What each door tells after each of its own positions: the whole of it, as text. */
async function tellAll(server: TestServer, answerId: string, ids: readonly string[]): Promise<unknown[]> {
  const told: unknown[] = [];
  const client = overHttp(server.url);
  using socket = overWebSocket(server.url);
  const anthropic = { "anthropic-version": "2023-06-01" };
  for (const id of ids) {
    const headers = { "last-event-id": id };
    // Within the frames of one event only the doors that have frames know a position.
    const [cursor = id] = id.split("~");
    const plain = await openSse(`${server.url}${plainSse()}`, { headers });
    const v1 = await openSse(`${server.url}/v1/answers/${answerId}/stream`, { headers });
    const messages = await openSse(`${server.url}/v1/answers/${answerId}/stream`, {
      headers: { ...headers, ...anthropic },
    });
    const readers = [client, socket.client].map((one) => watch(one, { answerId, lastEventId: cursor }));
    await Promise.all([plain.closed, v1.closed, messages.closed]);
    const seen = [];
    for (const reader of readers) {
      await reader.until(({ type }) => type === "answer-end");
      seen.push([...reader.seen]);
      reader.leave();
    }
    const streams = [plain, v1, messages].map(({ status, frames }) => ({ status, raw: rawOf(frames) }));
    told.push({ id, streams, seen, read: await client.answers.read.query({ answerId, cursor }) });
  }
  told.push(await client.answers.timeline.query({ answerId }));
  told.push(await client.answers.read.query({ answerId }));
  told.push(await (await server.fetch(`/v1/answers/${answerId}`)).json());
  return told;
}

test("A compacted answer is told through every door, from every cursor, as it was before", async () => {
  await using upstream = await startUpstream((_request, index) =>
    index < 2 ? { headers: EVENT_STREAM, pieces: pieces(index) } : streamReply("?"),
  );
  await using server = await startServer({
    config: {
      providers: { one: { dialect: "openai-chat", baseUrl: `${upstream.url}/v1`, model: "m", prefill: "trailing" } },
      routes: { default: { targets: [{ provider: "one" }], maxRetries: 1 } },
    },
  });
  const answerId = "compacted-answer";
  const reader = await openSse(`${server.url}${plainSse({ question: "Q", answer_id: answerId })}`);
  await reader.closed;
  const whole = watch(overHttp(server.url), { answerId, lastEventId: `c1.${answerId}.0.0` });
  await whole.until(({ type }) => type === "answer-end");
  whole.leave();
  const ids = [`c1.${answerId}.0.0`, ...new Set(reader.frames.map(({ id }) => id ?? ""))].filter((id) => id !== "");
  expect(ids.length).toBeGreaterThan(10);
  // The last one names the end: there every door has its own way to say that nothing follows.
  const cursors = ids.filter((id) => !id.startsWith(`c1.${answerId}.${whole.seen.at(-1)?.event.seq}.`));
  const before = await tellAll(server, answerId, cursors);

  const other = await openStorage({ directory: join(server.directory, "data") });
  const rows = () => Number(other.database.prepare("SELECT COUNT(*) AS n FROM journal_batches").get()?.n);
  const rowsBefore = rows();
  const all = { endedBefore: Number.MAX_SAFE_INTEGER, budgetMs: 60_000 };
  expect(await other.journal.compact(all)).toBe(1);
  expect(rows()).toBeLessThan(rowsBefore / 4);
  await other.close();

  expect(await tellAll(server, answerId, cursors)).toEqual(before);
  const again = await openSse(`${server.url}${plainSse()}`, { headers: { "last-event-id": ids.at(-1) ?? "" } });
  expect(again.status).toBe(204);
  const { text, end } = await overHttp(server.url).answers.get.query({ answerId });
  expect(text).toBe(TEXT);
  expect(end?.sha256).toBe(createHash("sha256").update(TEXT).digest("hex"));
});
