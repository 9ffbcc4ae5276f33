// Servers over PostgreSQL and Redis, while one of the two is away.

import { expect, test, vi } from "vitest";
import { Faucet } from "./_faucet.ts";
import { describeWithRedis, startRedis, type TestRedis } from "./_redis.ts";
import { oneProvider, startServer, type TestServer } from "./_server.ts";
import { openSse } from "./_sse_reader.ts";
import { chatStream, EVENT_STREAM, STOP, startUpstream } from "./_upstream.ts";
import { type OwnPostgres, useOwnPostgres } from "./real_postgres.ts";

const postgres = await useOwnPostgres("servers whose PostgreSQL or Redis is away");

const SSE = "/admin/api/chat/stream";
/** What a second attempt says. */
const REST = "The rest of the answer goes on from where the first attempt had ended, word by word.";
const FIRST = /"content":"First "/;

interface World {
  server: TestServer;
  faucet: Faucet;
  redis: TestRedis;
  databaseUrl: string;
}

/** A server with one answer under way. */
async function withAnswer(postgres: OwnPostgres, play: (world: World) => Promise<void>): Promise<void> {
  const faucet = new Faucet();
  let calls = 0;
  await using upstream = await startUpstream(() => {
    calls += 1;
    return { headers: EVENT_STREAM, pieces: calls === 1 ? faucet : chatStream(REST, STOP) };
  });
  await using redis = await startRedis("--appendonly", "yes", "--appendfsync", "always");
  const databaseUrl = await postgres.create();
  const environment = { DATABASE_URL: databaseUrl, REDIS_URL: redis.url };
  await using server = await startServer({ environment, config: oneProvider(upstream.url) });
  await play({ server, faucet, redis, databaseUrl });
}

function begin({ url }: TestServer) {
  return openSse(`${url}${SSE}`, { method: "POST", body: JSON.stringify({ question: "Q" }) });
}

/** New asks are told to come back, in both languages, and the server says of itself that it is not ready. */
async function expectRefusal(server: TestServer): Promise<void> {
  const refused = await server.post(SSE, { question: "Another" });
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  const body = await refused.text();
  expect(body).toMatch(/\p{Script=Arabic}{3}/u);
  expect(body).toContain("cannot be reached");
  await vi.waitFor(async () => expect((await server.fetch("/readyz")).status).toBe(503), { timeout: 15_000 });
}

async function expectReady(server: TestServer): Promise<void> {
  await vi.waitFor(async () => expect((await server.fetch("/readyz")).status).toBe(200), { timeout: 15_000 });
}

if (postgres !== undefined) {
  describeWithRedis("A server", () => {
    test(
      "ends an answer while PostgreSQL is away, refuses new ones, and has its record once it is back",
      {
        timeout: 60_000,
      },
      () =>
        withAnswer(postgres, async ({ server, faucet, databaseUrl }) => {
          const reader = await begin(server);
          faucet.pour(...chatStream("First ").slice(0, -1));
          await reader.until(({ raw }) => FIRST.test(raw));
          await postgres.stop();
          try {
            faucet.pour(...chatStream("and last", STOP));
            faucet.close();
            await reader.closed;
            expect(reader.text).toContain('"type":"end"');
            await expectRefusal(server);
          } finally {
            await postgres.start();
          }
          await expectReady(server);
          await vi.waitFor(
            async () => {
              const records = await postgres.run("SELECT answer_id FROM answer_records", databaseUrl);
              expect(records).toEqual([{ answer_id: String(reader.headers["x-answer-id"]) }]);
            },
            { timeout: 30_000 },
          );
        }),
    );

    test(
      "refuses new answers while Redis is away, ends its readers' connections, and goes on once it is back",
      {
        timeout: 60_000,
      },
      () =>
        withAnswer(postgres, async ({ server, faucet, redis }) => {
          const reader = await begin(server);
          faucet.pour(...chatStream("First ").slice(0, -1));
          await reader.until(({ raw }) => FIRST.test(raw));
          await redis.stop();
          faucet.pour(...chatStream("lost ").slice(0, -1));
          await expectRefusal(server);
          // Its append has failed by now: a reader that stayed would wait for nothing.
          await reader.closed;
          expect(reader.text).not.toContain('"type":"error"');
          await redis.start();
          await expectReady(server);
          const again = await openSse(`${server.url}/v1/answers/${reader.headers["x-answer-id"]}/stream`);
          await again.closed;
          expect(again.text).toContain('"finish_reason":"stop"');
        }),
    );
  });
}
