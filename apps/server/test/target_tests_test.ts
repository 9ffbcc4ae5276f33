import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test, vi } from "vitest";
import type { ConfigFile } from "../src/config/file_schema.ts";
import { startServer } from "./_server.ts";
import { overHttp } from "./_trpc_client.ts";
import { chatStream, EVENT_STREAM, JSON_TYPE, STOP, startUpstream, type UpstreamReply } from "./_upstream.ts";

vi.setConfig({ testTimeout: 30_000 });

const KEY_OF_PROVIDER = "sk-real-0123456789abcdefghijklmnopqrstuv";

async function stage(answer: (index: number) => UpstreamReply) {
  const upstream = await startUpstream((_, index) => answer(index));
  const config: ConfigFile = {
    providers: {
      real: { dialect: "openai-chat", baseUrl: `${upstream.url}/v1`, apiKeyEnv: "REAL_KEY", model: "m" },
      unset: { dialect: "openai-chat", baseUrl: `${upstream.url}/v1`, apiKeyEnv: "UNSET_KEY", model: "m" },
    },
    prices: { "real/m": { input: 1, output: 10 } },
  };
  const server = await startServer({ config, environment: { REAL_KEY: KEY_OF_PROVIDER } });
  return {
    upstream,
    server,
    client: overHttp(server.url),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

const USAGE = { choices: [], usage: { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25 } };

test("providers.test makes one real streamed call, tells what it was, and leaves no answer", async () => {
  await using on = await stage(() => ({
    headers: EVENT_STREAM,
    pieces: chatStream({ model: "m-2026-01-01" }, "I am ready", STOP, USAGE),
  }));
  const result = await on.client.providers.test.mutate({ provider: "real", model: "m" });
  expect(result).toEqual({
    isOk: true,
    firstTokenMs: expect.any(Number),
    totalMs: expect.any(Number),
    modelReported: expect.stringMatching(/^m/),
    text: "I am ready",
    usage: { inputTokens: 20, outputTokens: 5 },
    cost: { amount: 0.00007, currency: "USD", source: "table" },
    isTrial: false,
  });
  expect(on.upstream.requests[0]?.json).toMatchObject({ model: "m", stream: true, max_tokens: 256 });
  using database = new DatabaseSync(join(on.server.directory, "data/cogniforge.sqlite"), { readOnly: true });
  for (const table of ["journal_heads", "answer_records", "conversations", "turns"]) {
    expect(database.prepare(`SELECT count(*) AS rows FROM ${table}`).get(), table).toMatchObject({ rows: 0 });
  }
  expect(await on.client.metrics.counters.query()).toMatchObject({ started: 0 });
  expect((await on.client.audit.list.query()).entries).toMatchObject([{ action: "target-tested", object: "real/m" }]);
});

test("providers.test tells a failure with its remedy in both languages, and neither the key nor the upstream's words", async () => {
  await using on = await stage(() => ({
    status: 401,
    headers: JSON_TYPE,
    pieces: [
      JSON.stringify({ error: { message: `Bad key ${KEY_OF_PROVIDER} of tenant-77`, code: "invalid_api_key" } }),
    ],
  }));
  const result = await on.client.providers.test.mutate({ provider: "real", model: "m" });
  expect(result).toMatchObject({
    isOk: false,
    failure: {
      code: "provider-auth",
      message: { en: expect.stringContaining("401"), ar: expect.stringContaining("401") },
      remedy: { en: expect.stringMatching(/\w/), ar: expect.stringMatching(/[\u0600-\u06ff]/) },
    },
  });
  const told = JSON.stringify([result, await on.client.audit.list.query(), await on.client.metrics.breakers.query()]);
  expect(told).not.toContain(KEY_OF_PROVIDER);
  expect(told).not.toContain("tenant-77");
});

test("providers.test opens and closes the circuit breaker like any call, and resetBreaker closes it by hand", async () => {
  await using on = await stage((index) =>
    index === 1 ? { headers: EVENT_STREAM, pieces: chatStream("Back", STOP) } : { status: 402, headers: JSON_TYPE },
  );
  const test = () => on.client.providers.test.mutate({ provider: "real", model: "m" });
  const open = async () => (await on.client.metrics.breakers.query()).filter(({ state }) => state === "open");
  expect(await test()).toMatchObject({ isOk: false, failure: { code: "insufficient-credit" } });
  expect(await open()).toMatchObject([{ provider: "real" }]);
  expect(await test()).toMatchObject({ isOk: true, text: "Back" });
  expect(await open()).toEqual([]);
  expect(await test()).toMatchObject({ isOk: false });
  expect(await open()).toHaveLength(1);
  await on.client.providers.resetBreaker.mutate({ provider: "real" });
  expect(await open()).toEqual([]);
  expect((await on.client.audit.list.query()).entries[0]).toMatchObject({ action: "breaker-reset", object: "real" });
});

test("providers.test stops a model that talks on, and calls one that says nothing a failure", async () => {
  await using on = await stage((index) =>
    index === 0
      ? { headers: EVENT_STREAM, pieces: chatStream(...new Array<string>(50).fill("🚀🚀🚀🚀🚀🚀🚀🚀")), end: "hang" }
      : { headers: EVENT_STREAM, pieces: chatStream(STOP) },
  );
  const talkative = await on.client.providers.test.mutate({ provider: "real", model: "m" });
  expect(talkative).toMatchObject({ isOk: true, text: "🚀".repeat(80) });
  await on.upstream.requests[0]?.closed;
  const silent = await on.client.providers.test.mutate({ provider: "real", model: "m" });
  expect(silent).toMatchObject({ isOk: false, failure: { code: "empty-answer" } });
});

test("providers.test refuses what cannot be asked, and more than twenty in a minute", async () => {
  await using on = await stage(() => ({ headers: EVENT_STREAM, pieces: chatStream("Ready", STOP) }));
  for (const provider of ["unset", "nobody"]) {
    await expect(on.client.providers.test.mutate({ provider, model: "m" })).rejects.toMatchObject({
      data: { httpStatus: 400, failure: { code: "invalid-input", param: "provider" } },
    });
  }
  for (let count = 0; count < 20; count++) await on.client.providers.test.mutate({ provider: "real", model: "m" });
  await expect(on.client.providers.test.mutate({ provider: "real", model: "m" })).rejects.toMatchObject({
    data: { httpStatus: 429, failure: { code: "too-many-requests", retryAfterMs: expect.any(Number) } },
  });
});

test("providers.list names the variable of a key, never the key, and tells price and first token", async () => {
  await using on = await stage(() => ({ headers: EVENT_STREAM, pieces: chatStream("Ready", STOP) }));
  await on.server.post("/v1/chat/completions", { model: "real/m", messages: [{ role: "user", content: "?" }] });
  const routes = await on.client.providers.list.query();
  expect(routes[0]?.targets).toMatchObject([
    {
      provider: "real",
      keyVariable: "REAL_KEY",
      maskedKey: "sk-real…stuv",
      price: { input: 1, output: 10 },
      firstToken: { p50: expect.any(Number), p95: expect.any(Number), count: 1 },
    },
    { provider: "unset", keyVariable: "UNSET_KEY", isUsable: false },
  ]);
  expect(JSON.stringify(routes)).not.toContain(KEY_OF_PROVIDER);
});
