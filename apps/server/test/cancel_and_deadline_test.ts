import type { AnswerEvent } from "@cogniforge/core/events";
import { expect, test, vi } from "vitest";
import type { ConfigFile } from "../src/config/file_schema.ts";
import { event, piecesOf, ROLE, TEXT } from "./_fault_play.ts";
import { Line, startMisbehavingUpstream } from "./_misbehaving_upstream.ts";
import { startServer } from "./_server.ts";
import { overHttp, overWebSocket, watch } from "./_trpc_client.ts";
import type { UpstreamReply } from "./_upstream.ts";
import { chatStream, EVENT_STREAM, startUpstream } from "./_upstream.ts";

vi.setConfig({ testTimeout: 20_000 });

type End = Extract<AnswerEvent, { type: "answer-end" }>;

/** How soon a cancellation must be where it is meant for. */
const SOON_MS = 1_000;

const begun: UpstreamReply = { headers: EVENT_STREAM, pieces: chatStream("Half ").slice(0, 1), end: "hang" };

function configOf(url: string, more: object = {}): ConfigFile {
  return {
    providers: { up: { dialect: "openai-chat", baseUrl: `${url}/v1`, model: "m" } },
    routes: { default: { targets: [{ provider: "up" }], ...more } },
  };
}

/** Ways to cancel an answer from elsewhere. */
const WAYS = {
  "answers.cancel over HTTP": async (url: string, answerId: string, headers: Record<string, string>) =>
    (await overHttp(url, headers).answers.cancel.mutate({ answerId })).cancelled,
  "answers.cancel over a WebSocket": async (url: string, answerId: string, headers: Record<string, string>) => {
    using socket = overWebSocket(url, headers);
    return (await socket.client.answers.cancel.mutate({ answerId })).cancelled;
  },
  "DELETE /v1/answers/{id}": async (url: string, answerId: string, headers: Record<string, string>) => {
    const response = await fetch(`${url}/v1/answers/${answerId}`, { method: "DELETE", headers });
    return (await response.json()).cancelled as boolean;
  },
};

test.concurrent.each(Object.keys(WAYS) as (keyof typeof WAYS)[])(
  "%s from another session of the same owner reaches the upstream within a second, and the first session hears of it",
  async (way) => {
    await using upstream = await startUpstream(() => begun);
    await using server = await startServer({ config: configOf(upstream.url), hasAdministrator: true });
    const [phone, laptop] = [await server.signIn(), await server.signIn()];
    expect(phone).not.toBe(laptop);
    const headersOf = (cookie: string) => ({ cookie, origin: server.url });
    const client = overHttp(server.url, headersOf(phone));
    const { answerId } = await client.answers.start.mutate({ question: "Q" });
    const watching = watch(client, { answerId });
    await watching.until(({ type }) => type === "text-delta" || type === "answer-end");

    const stranger = await fetch(`${server.url}/v1/answers/${answerId}`, {
      method: "DELETE",
      headers: { authorization: "Bearer cf-test-0123456789abcdef" },
    });
    expect(stranger.status, "another owner does not even learn that it exists").toBe(404);

    const cancelledAt = performance.now();
    expect(await WAYS[way](server.url, answerId, headersOf(laptop))).toBe(true);
    await upstream.requests[0]?.closed;
    expect(performance.now() - cancelledAt).toBeLessThan(SOON_MS);
    const end = (await watching.done).at(-1)?.event;
    expect(performance.now() - cancelledAt).toBeLessThan(SOON_MS);
    expect(end).toMatchObject({ type: "answer-end", outcome: "cancelled", length: "Half ".length });
    expect(await WAYS[way](server.url, answerId, headersOf(laptop)), "what is over can't be cancelled").toBe(false);
    expect(upstream.requests).toHaveLength(1);
  },
);

test.concurrent.each<[string, UpstreamReply | "nothing", until: AnswerEvent["type"]]>([
  ["before the headers", "nothing", "attempt-start"],
  ["before the first token", { headers: EVENT_STREAM, pieces: [ROLE], end: "hang" }, "attempt-start"],
  ["while it waits for a rate limit to pass", { status: 429, headers: { "retry-after": "30" } }, "attempt-end"],
])("a cancellation %s ends the answer within a second and asks nobody again", async (_, reply, until) => {
  const arrived = Promise.withResolvers<void>();
  await using upstream = await startUpstream(async () => {
    arrived.resolve();
    if (reply === "nothing") await new Promise(() => {});
    return reply as UpstreamReply;
  });
  await using server = await startServer({ config: configOf(upstream.url) });
  const client = overHttp(server.url);
  const { answerId } = await client.answers.start.mutate({ question: "Q" });
  const watching = watch(client, { answerId });
  await watching.until(({ type }) => type === until || type === "answer-end");
  await arrived.promise;
  const cancelledAt = performance.now();
  const { cancelled } = await overHttp(server.url).answers.cancel.mutate({ answerId });
  expect(cancelled).toBe(true);
  await upstream.requests[0]?.closed;
  const end = (await watching.done).at(-1)?.event;
  expect(performance.now() - cancelledAt).toBeLessThan(SOON_MS);
  expect(end).toMatchObject({ type: "answer-end", outcome: "cancelled", failure: { code: "cancelled" } });
  expect(upstream.requests).toHaveLength(1);
});

const TOTAL_MS = 1_500;

/** What a busy machine may take beyond the limit. */
const SLACK_MS = 1_000;

/** One answer under a limit of its own, by an upstream that speaks over a bare socket. */
async function askWithin(say: (line: Line, begunLength: number) => Promise<void>, more: object = {}) {
  const closed: Promise<unknown>[] = [];
  await using upstream = await startMisbehavingUpstream(async (socket, { messages }) => {
    // Whether it ends in good order or by a reset is all the same.
    closed.push(new Promise((resolve) => socket.once("close", resolve)));
    const line = new Line(socket);
    await say(line, messages.findLast(({ role }) => role === "assistant")?.content.length ?? 0);
  });
  const timeouts = { firstTokenMs: 1_000, idleMs: 1_000, totalMs: TOTAL_MS };
  await using server = await startServer({ config: configOf(upstream.url, { maxRetries: 20, timeouts, ...more }) });
  const client = overHttp(server.url);
  const startedAt = performance.now();
  const { answerId } = await client.answers.start.mutate({ question: "Q" });
  const seen = await watch(client, { answerId }).done;
  const tookMs = performance.now() - startedAt;
  // Nothing goes on behind the reader's back.
  await Promise.all(closed);
  return { end: seen.at(-1)?.event as End, tookMs, requests: upstream.requests };
}

const longText = TEXT.repeat(40);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test.concurrent("totalMs covers an answer that would go on and on: what readers have is kept, and the upstream is let go", async () => {
  const { end, tookMs } = await askWithin(async (line) => {
    await line.head();
    for (const piece of piecesOf(longText)) {
      if (line.socket.destroyed) return;
      await line.say(event(piece));
      await pause(50);
    }
  });
  expect(end).toMatchObject({ outcome: "failed", failure: { code: "deadline" } });
  expect(end.length).toBeGreaterThan(100);
  expect(tookMs).toBeGreaterThanOrEqual(TOTAL_MS - 1);
  expect(tookMs).toBeLessThan(TOTAL_MS + SLACK_MS);
});

test.concurrent("totalMs covers continuations together: each brings the answer on, none gets the whole time anew", async () => {
  const { end, tookMs, requests } = await askWithin(async (line, begunLength) => {
    await line.head();
    for (const piece of piecesOf(longText.slice(begunLength, begunLength + 150))) {
      await line.say(event(piece));
      await pause(25);
    }
    line.reset();
  });
  expect(end.attempts.length).toBeGreaterThanOrEqual(2);
  expect(end.attempts.slice(1).every(({ why }) => why === "continuation")).toBe(true);
  // The deadline may fall between the last attempt's beginning and its request.
  expect([0, 1]).toContain(end.attempts.length - requests.length);
  // A cut so late that the next attempt could not begin in time ends the answer as that cut, a little sooner.
  expect(end.outcome).toBe("failed");
  expect(["deadline", "cut"]).toContain(end.failure?.code);
  expect(tookMs).toBeLessThan(TOTAL_MS + SLACK_MS);
});

test.concurrent("totalMs covers retries and their waits together, and a wait beyond it is not begun", async () => {
  const { end, tookMs, requests } = await askWithin(async (line) => {
    await line.head(429, { "retry-after-ms": "400" });
    await line.say("{}");
    await line.end();
  });
  expect(end).toMatchObject({ outcome: "failed", length: 0, failure: { code: "rate-limit" } });
  expect(requests.length).toBeGreaterThanOrEqual(2);
  expect(requests.length).toBeLessThanOrEqual(4);
  expect(tookMs).toBeLessThan(TOTAL_MS + SLACK_MS);
});

test.concurrent("totalMs covers silent targets together: the second one gets only what the first one left", async () => {
  const target = { dialect: "openai-chat" as const, model: "m" };
  await using silent = await startUpstream(() => new Promise<never>(() => {}));
  await using server = await startServer({
    config: {
      providers: {
        one: { ...target, baseUrl: `${silent.url}/v1` },
        two: { ...target, baseUrl: `${silent.url}/v1` },
      },
      routes: {
        default: {
          targets: [{ provider: "one" }, { provider: "two" }],
          timeouts: { firstTokenMs: 1_000, totalMs: TOTAL_MS },
        },
      },
    },
  });
  const client = overHttp(server.url);
  const { answerId } = await client.answers.start.mutate({ question: "Q" });
  const end = (await watch(client, { answerId }).done).at(-1)?.event as End;
  expect(end.attempts.map(({ failureCode }) => failureCode)).toEqual(["first-token-timeout", "deadline"]);
  expect(end).toMatchObject({ outcome: "failed", failure: { code: "deadline" } });
  expect(end.timing.totalMs).toBeGreaterThanOrEqual(TOTAL_MS - 1);
  expect(end.timing.totalMs).toBeLessThan(TOTAL_MS + SLACK_MS);
  for (const { closed } of silent.requests) await closed;
});
