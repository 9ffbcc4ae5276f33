// Counts, not times: what is done for each piece that a provider sends, and for each reader of it, stays as little as it is.
import { ServerResponse } from "node:http";
import { afterEach, expect, test, vi } from "vitest";
import { SqliteJournal } from "../src/storage/sqlite_journal.ts";
import { parseExposition } from "./_exposition.ts";
import { Faucet } from "./_faucet.ts";
import type { TestServer } from "./_server.ts";
import { startServer } from "./_server.ts";
import { openSse } from "./_sse_reader.ts";
import { chatStream, EVENT_STREAM, STOP, startUpstream } from "./_upstream.ts";

const PIECES = 60;
const TOKENS_A_PIECE = 10;

const tokensOf = (piece: number) =>
  Array.from({ length: TOKENS_A_PIECE }, (_, token) => `t${piece * TOKENS_A_PIECE + token} `);
// Made before anything is counted.
const SENT = Array.from({ length: PIECES + 1 }, (_, piece) =>
  chatStream(...tokensOf(piece))
    .slice(0, -1)
    .join(""),
);
const ALL_TEXT = Array.from({ length: PIECES + 1 }, (_, piece) => tokensOf(piece).join("")).join("");

afterEach(() => {
  vi.restoreAllMocks();
});

/** Streams one answer piece by piece: the next leaves when every reader has the last. */
async function streamTo(readers: number, path: string, body: object) {
  const faucet = new Faucet();
  await using upstream = await startUpstream(() => ({ headers: EVENT_STREAM, pieces: faucet }));
  const openai = { dialect: "openai-chat" as const, baseUrl: `${upstream.url}/v1` };
  await using server = await startServer({
    config: {
      providers: { openai },
      routes: { default: { targets: [{ provider: "openai", model: "model-1" }] } },
    },
  });
  const first = await openSse(`${server.url}${path}`, { method: "POST", body: JSON.stringify(body) });
  const answerId = String(first.headers["x-answer-id"]);
  faucet.pour(SENT[0] ?? "");
  const cursor = (await first.until((frame) => frame.id !== undefined)).id ?? "";
  const others = await Promise.all(
    Array.from({ length: readers - 1 }, () =>
      openSse(`${server.url}/admin/api/chat/stream`, { headers: { "last-event-id": cursor } }),
    ),
  );
  const all = [first, ...others];
  const haveAll = async (piece: number) => {
    const last = tokensOf(piece).at(-1) ?? "";
    await Promise.all(all.map((reader) => reader.until(({ raw }) => raw.includes(last))));
  };
  await haveAll(0);

  const journalWrites = await journalWritesOf(server);
  const parse = vi.spyOn(JSON, "parse");
  const stringify = vi.spyOn(JSON, "stringify");
  const write = vi.spyOn(ServerResponse.prototype, "write");
  const timers = vi.spyOn(globalThis, "setTimeout");
  const read = vi.spyOn(SqliteJournal.prototype, "read");
  for (let piece = 1; piece <= PIECES; piece++) {
    faucet.pour(SENT[piece] ?? "");
    await haveAll(piece);
  }
  const counts = {
    parsed: parse.mock.calls.filter(([text]) => String(text).includes("chatcmpl-upstream")).length,
    stringified: stringify.mock.calls.length,
    writes: write.mock.contexts.filter(
      (response) => (response as ServerResponse).req.headers.host === new URL(server.url).host,
    ).length,
    timers: timers.mock.calls.length,
    reads: read.mock.calls.length,
    journalWrites: (await journalWritesOf(server)) - journalWrites,
  };
  faucet.pour(...chatStream(STOP));
  faucet.close();
  await Promise.all(all.map(({ closed }) => closed));
  const answer = (await (await server.fetch(`/v1/answers/${answerId}`)).json()) as { text: string };
  expect(answer.text).toBe(ALL_TEXT);
  return counts;
}

async function journalWritesOf(server: TestServer): Promise<number> {
  const scrape = parseExposition(await (await server.fetch("/metrics")).text());
  return scrape.get("cogniforge_journal_writes_total")?.samples[0]?.value ?? 0;
}

const QUESTION = { question: "Q" };
const CHAT = { model: "default", stream: true, messages: [{ role: "user", content: "Q" }] };

/** What a scrape and the like may add. */
const FEW = 8;

test.each([
  ["plain SSE", "/admin/api/chat/stream", QUESTION],
  ["/v1", "/v1/chat/completions", CHAT],
])(
  "a piece of ten tokens costs one write to the journal and one to its reader over %s, and no parsing",
  async (_, path, body) => {
    const counts = await streamTo(1, path, body);
    expect(counts.parsed).toBeLessThan(FEW);
    expect(counts.journalWrites).toBeLessThan(PIECES + FEW);
    expect(counts.writes).toBeLessThan(PIECES + FEW);
    expect(counts.stringified).toBeLessThan(2 * PIECES + FEW);
  },
);

test("a piece is read from memory by all its readers, encoded once, and waits for no timer", async () => {
  const READERS = 20;
  const counts = await streamTo(READERS, "/admin/api/chat/stream", QUESTION);
  expect(counts.parsed).toBeLessThan(FEW);
  expect(counts.journalWrites).toBeLessThan(PIECES + FEW);
  expect(counts.writes).toBeLessThan(READERS * PIECES + FEW);
  expect(counts.stringified).toBeLessThan(2 * PIECES + FEW);
  expect(counts.reads).toBe(0);
  expect(counts.timers).toBeLessThan(FEW);
});
