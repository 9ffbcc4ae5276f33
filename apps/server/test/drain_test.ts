import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { tempFolder } from "../src/storage/temp_folder.ts";
import { startChild } from "./_child.ts";
import { Faucet } from "./_faucet.ts";
import type { DoorReader } from "./_readers.ts";
import {
  answerStreamReader,
  freePort,
  plainReader,
  pollingReader,
  STREAM_DOORS,
  storedText,
  streamReader,
  trpcReader,
  wholeReaders,
} from "./_readers.ts";
import { KEY } from "./_server.ts";
import { overHttp } from "./_trpc_client.ts";
import type { Upstream } from "./_upstream.ts";
import { chatStream, chunkOf, EVENT_STREAM, STOP, startUpstream, streamReply } from "./_upstream.ts";

vi.setConfig({ testTimeout: 180_000 });

const WITH_KEY = { authorization: `Bearer ${KEY}`, "content-type": "application/json" };

/** Answers that are asked at once: one over tRPC, which five doors read, and one over each door of `/v1`. */
const ANSWERS = 5;

async function world(upstream: Upstream) {
  const folder = await tempFolder();
  const config = {
    providers: {
      one: { dialect: "openai-chat", baseUrl: `${upstream.url}/v1`, model: "model-1", prefill: "trailing" },
    },
    routes: { default: { targets: [{ provider: "one" }], maxRetries: 0 } },
  };
  await writeFile(join(folder.path, "cogniforge.config.json"), JSON.stringify(config));
  return { folder, port: String(await freePort()) };
}

/** Readers over all doors; resolves when each has heard something and every provider's call runs. */
async function openReaders(url: string, faucets: readonly Faucet[]): Promise<DoorReader[]> {
  const answerId = "answer-of-many-readers";
  await overHttp(url).answers.start.mutate({ answerId, question: "Q" });
  const readers = [
    trpcReader(url, answerId, "sse"),
    trpcReader(url, answerId, "websocket"),
    pollingReader(url, answerId),
    plainReader(url, answerId),
    answerStreamReader(url, answerId),
    ...STREAM_DOORS.map((door) => streamReader(url, door)),
    ...wholeReaders(url, "drain"),
  ];
  // What a reader sees as an error is looked at in the end.
  for (const { text } of readers) text.catch(() => {});
  await vi.waitFor(() => expect(faucets).toHaveLength(ANSWERS), { timeout: 60_000 });
  await Promise.all(readers.map(({ begun }) => begun));
  return readers;
}

async function expectWhole(url: string, readers: readonly DoorReader[], pattern: RegExp): Promise<void> {
  for (const { door, text, answerId } of readers) {
    const read = await text.catch((error: unknown) => `error: ${error}`);
    expect(read, door).toMatch(pattern);
    expect(read, door).toBe(await storedText(url, answerId()));
  }
}

async function untilDraining(url: string): Promise<void> {
  await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(503), { timeout: 60_000 });
}

test("SIGTERM refuses new questions, lets running answers finish within the grace, and no reader over any door sees an error", async () => {
  const faucets: Faucet[] = [];
  await using upstream = await startUpstream(() => {
    const faucet = new Faucet();
    faucets.push(faucet);
    faucet.pour(`data: ${JSON.stringify(chunkOf("one "))}\n\n`);
    return { headers: EVENT_STREAM, pieces: faucet };
  });
  const { folder, port } = await world(upstream);
  await using _folder = folder;
  await using child = await startChild(folder.path, { PORT: port, COGNIFORGE_DRAIN_SECONDS: "120" });
  const { url } = child;
  const readers = await openReaders(url, faucets);
  child.process.kill("SIGTERM");
  await untilDraining(url);
  expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ checks: { draining: { ok: false } } });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);

  const ask = (path: string, body: unknown) =>
    fetch(`${url}${path}`, { method: "POST", headers: WITH_KEY, body: JSON.stringify(body) });
  const messages = [{ role: "user", content: "new" }];
  for (const refused of [
    await ask("/v1/chat/completions", { model: "default", messages }),
    await ask("/v1/messages", { model: "default", max_tokens: 9, messages }),
    await ask("/trpc/answers.start", { question: "new" }),
    await ask("/admin/api/chat/stream", { question: "new" }),
  ]) {
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("5");
    expect(await refused.text()).toMatch(/about to restart[\s\S]*على وشك إعادة التشغيل/);
  }
  // Asking the same again is no new question, and whoever comes to read is let in.
  const same = await overHttp(url).answers.start.mutate({ answerId: "answer-of-many-readers", question: "Q" });
  expect(same.attached).toBe(true);
  const late = answerStreamReader(url, "answer-of-many-readers");
  await late.begun;

  for (const faucet of faucets) {
    faucet.pour(...chatStream("two", STOP));
    faucet.close();
  }
  expect(await child.exited).toBe(0);
  expect(upstream.requests).toHaveLength(ANSWERS);
  // Streams heard their end from the program that stopped; who polls may hear it from the next one.
  await using next = await startChild(folder.path, { PORT: port });
  await expectWhole(next.url, [...readers, late], /^one two$/);
});

test("SIGTERM hands over what runs longer than the grace: readers of every door come back to the next program for exactly the rest", async () => {
  const faucets: Faucet[] = [];
  await using upstream = await startUpstream((_request, index) => {
    if (index >= ANSWERS) return streamReply("the", " rest");
    const faucet = new Faucet();
    faucets.push(faucet);
    faucet.pour(`data: ${JSON.stringify(chunkOf("The beginning and "))}\n\n`);
    return { headers: EVENT_STREAM, pieces: faucet };
  });
  const { folder, port } = await world(upstream);
  await using _folder = folder;
  await using child = await startChild(folder.path, { PORT: port, COGNIFORGE_DRAIN_SECONDS: "1" });
  const readers = await openReaders(child.url, faucets);
  // A program that asks without any SDK is told what to do.
  const plainWhole = fetch(`${child.url}/v1/chat/completions`, {
    method: "POST",
    headers: { ...WITH_KEY, "idempotency-key": "drain-openai" },
    body: JSON.stringify({ model: "default", messages: [{ role: "user", content: "Q" }] }),
  });
  child.process.kill("SIGTERM");
  const told = await plainWhole;
  expect(told.status).toBe(503);
  expect(told.headers.get("retry-after")).toBe("5");
  expect(told.headers.get("x-should-retry")).toBeNull();
  expect(told.headers.get("x-answer-id")).toMatch(/^[\w-]{8,}$/);
  const { error } = (await told.json()) as { error: Record<string, string> };
  expect(error).toMatchObject({ code: "restarting", message_ar: expect.stringContaining("يُعاد تشغيل الخادم") });
  expect(await child.exited).toBe(0);

  await using next = await startChild(folder.path, { PORT: port });
  expect(next.url).toBe(child.url);
  await expectWhole(next.url, readers, /^The beginning and +the rest$/);
  // Every question was asked once, and gone on with once.
  expect(upstream.requests).toHaveLength(2 * ANSWERS);
});
