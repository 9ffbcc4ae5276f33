import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { ReceivedEvent } from "./_events.ts";
import { parseEvents, readEvents } from "./_events.ts";
import { Faucet } from "./_faucet.ts";
import type { TestServer } from "./_server.ts";
import { startServer } from "./_server.ts";
import type { Upstream, UpstreamReply } from "./_upstream.ts";
import { chatStream, chunkOf, EVENT_STREAM, STOP, startUpstream, streamReply } from "./_upstream.ts";

const ASK = { model: "up/alias", messages: [{ role: "user", content: "Go on" }], stream: true };
const WITH_USAGE = { ...ASK, stream_options: { include_usage: true } };
const delta = (fields: Record<string, unknown>) => ({ choices: [{ index: 0, delta: fields, finish_reason: null }] });
const call = (index: number, id: string) =>
  delta({ tool_calls: [{ index, id, type: "function", function: { name: `tool_${id}`, arguments: "{}" } }] });

/** Reasoning, text, two calls and usage, so that every kind of chunk can be the last one before a cut. */
const RICH = chatStream(
  delta({ reasoning_content: "Hm" }),
  delta({ reasoning_content: "m" }),
  "Good ",
  "morning 🌅",
  call(0, "a"),
  call(1, "b"),
  { choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }] },
  { choices: [], usage: { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 } },
);

let answer: () => UpstreamReply;
let upstream: Upstream;
let server: TestServer;

beforeAll(async () => {
  upstream = await startUpstream(() => answer());
  const up = { dialect: "openai-chat" as const, baseUrl: `${upstream.url}/v1`, model: "alias" };
  server = await startServer({
    hasAdministrator: true,
    environment: { LLM_MAX_RETRIES: "0" },
    config: { providers: { up } },
  });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

beforeEach(() => {
  answer = () => ({ headers: EVENT_STREAM, pieces: RICH });
});

async function askWhole(body: unknown): Promise<{ answerId: string; events: ReceivedEvent[] }> {
  const response = await server.post("/v1/chat/completions", body);
  expect(response.status).toBe(200);
  return { answerId: response.headers.get("x-answer-id") ?? "", events: parseEvents(await response.text()) };
}

function resume(answerId: string, id: string, where: "header" | "query"): Promise<Response> {
  const path = `/v1/answers/${answerId}/stream`;
  if (where === "query") return server.fetch(`${path}?cursor=${encodeURIComponent(id)}`);
  return server.fetch(path, { headers: { "last-event-id": id } });
}

/** A stream as its reader sums it up. */
function summaryOf(events: readonly ReceivedEvent[]) {
  const chunks = events.filter(({ data }) => data !== "[DONE]").map(({ data }) => JSON.parse(data));
  const choices = chunks.flatMap((chunk) => chunk.choices);
  return {
    roles: choices.flatMap(({ delta }) => delta.role ?? []),
    reasoning: choices.map(({ delta }) => delta.reasoning_content ?? "").join(""),
    text: choices.map(({ delta }) => delta.content ?? "").join(""),
    calls: choices.flatMap(({ delta }) => delta.tool_calls ?? []),
    finishes: choices.flatMap(({ finish_reason }) => finish_reason ?? []),
    usages: chunks.flatMap(({ usage }) => usage ?? []),
    models: [...new Set(chunks.map(({ model }) => model))],
    ends: events.filter(({ data }) => data === "[DONE]").length,
  };
}

const MEANT = {
  roles: ["assistant"],
  reasoning: "Hmm",
  text: "Good morning 🌅",
  calls: [
    { index: 0, id: "a", type: "function", function: { name: "tool_a", arguments: "{}" } },
    { index: 1, id: "b", type: "function", function: { name: "tool_b", arguments: "{}" } },
  ],
  finishes: ["tool_calls"],
  usages: [{ prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 }],
  models: ["model-1"],
  ends: 1,
};

test("GET /v1/answers/{id}/stream gives exactly the rest after a cut at every event", async () => {
  const { answerId, events } = await askWhole(WITH_USAGE);
  expect(summaryOf(events)).toEqual(MEANT);
  expect(events.length).toBeGreaterThanOrEqual(6);
  expect(new Set(events.map(({ id }) => id)).size, "each chunk has an id of its own").toBe(events.length);
  for (const [at, { id = "" }] of events.slice(0, -1).entries()) {
    for (const where of ["header", "query"] as const) {
      const response = await resume(answerId, id, where);
      expect(response.headers.get("x-answer-id")).toBe(answerId);
      const rest = parseEvents(await response.text());
      // Deltas that are ready together come as one: what counts is what they add up to.
      expect(summaryOf([...events.slice(0, at + 1), ...rest]), `cut after chunk ${at}, by ${where}`).toEqual(MEANT);
      expect(rest.at(-1), "the end keeps its id").toEqual(events.at(-1));
    }
  }
});

test("GET /v1/answers/{id}/stream answers 204 after the end", async () => {
  const { answerId, events } = await askWhole(ASK);
  const last = events.at(-1)?.id ?? "";
  for (const where of ["header", "query"] as const) {
    const response = await resume(answerId, last, where);
    expect([response.status, await response.text()]).toEqual([204, ""]);
  }
});

test("GET /v1/answers/{id}/stream tells the whole answer to whoever has nothing of it", async () => {
  const { answerId } = await askWhole(ASK);
  const whole = parseEvents(await (await server.fetch(`/v1/answers/${answerId}/stream`)).text());
  expect(summaryOf(whole)).toEqual(MEANT);
});

test("GET /v1/answers/{id}/stream follows an answer that runs, from a cut on", async () => {
  const faucet = new Faucet();
  answer = () => ({ headers: EVENT_STREAM, pieces: faucet });
  faucet.pour(`data: ${JSON.stringify(chunkOf("first "))}\n\n`);
  const cut = await server.post("/v1/chat/completions", ASK);
  const had = await readEvents(cut, () => true);
  const answerId = cut.headers.get("x-answer-id") ?? "";
  const running = await (await server.fetch(`/v1/answers/${answerId}`)).json();
  expect(running).toMatchObject({
    id: answerId,
    object: "answer",
    status: "running",
    text: "first ",
    cursor: had[0]?.id,
  });
  const response = await resume(answerId, had[0]?.id ?? "", "header");
  faucet.pour(...chatStream("second", STOP));
  faucet.close();
  const rest = parseEvents(await response.text());
  expect(summaryOf([...had, ...rest])).toMatchObject({
    text: "first second",
    roles: ["assistant"],
    finishes: ["stop"],
  });
});

test("POST /v1/chat/completions with Last-Event-ID goes on and asks nothing", async () => {
  const { answerId, events } = await askWhole(ASK);
  const asked = upstream.requests.length;
  const again = await server.post("/v1/chat/completions", ASK, { "last-event-id": events[0]?.id ?? "" });
  expect(again.headers.get("x-answer-id")).toBe(answerId);
  const { text, usages } = summaryOf(parseEvents(await again.text()));
  expect({ text, usages }).toEqual({ text: MEANT.text, usages: [] });
  const refused = await server.post("/v1/chat/completions", ASK, { "last-event-id": "no cursor" });
  expect([refused.status, ((await refused.json()) as { error: { code: string } }).error.code]).toEqual([
    400,
    "invalid-cursor",
  ]);
  expect(upstream.requests.length).toBe(asked);
});

test("A cursor of another answer, or none at all, is refused", async () => {
  const [one, other] = [await askWhole(ASK), await askWhole(ASK)];
  for (const cursor of [other.events[0]?.id ?? "", "c1.nonsense", "~1", "c1.-.1.1"]) {
    for (const where of ["header", "query"] as const) {
      const response = await resume(one.answerId, cursor, where);
      const { error } = (await response.json()) as { error: Record<string, unknown> };
      expect([response.status, error.code, error.param], cursor).toEqual([400, "invalid-cursor", "cursor"]);
    }
  }
});

test("GET /v1/answers/{id} is the answer as JSON", async () => {
  const { answerId, events } = await askWhole(ASK);
  const view = await (await server.fetch(`/v1/answers/${answerId}`)).json();
  expect(view).toMatchObject({
    id: answerId,
    object: "answer",
    status: "completed",
    route: "up/alias",
    text: MEANT.text,
    reasoning: MEANT.reasoning,
    toolCalls: [{ name: "tool_a" }, { name: "tool_b" }],
    cursor: events.at(-1)?.id,
    attempts: [{ provider: "up", model: "alias", modelReported: "model-1", outcome: "completed" }],
    end: { type: "answer-end", outcome: "completed", length: MEANT.text.length },
  });
});

test("DELETE /v1/answers/{id} ends the answer, its readers and the call upstream", async () => {
  const faucet = new Faucet();
  answer = () => ({ headers: EVENT_STREAM, pieces: faucet });
  faucet.pour(`data: ${JSON.stringify(chunkOf("until here"))}\n\n`);
  const response = await server.post("/v1/chat/completions", ASK);
  const answerId = response.headers.get("x-answer-id") ?? "";
  const [mine, theirs] = [response, await server.fetch(`/v1/answers/${answerId}/stream`)];
  const remove = async () => {
    const removed = await server.fetch(`/v1/answers/${answerId}`, { method: "DELETE" });
    return [removed.status, await removed.json()];
  };
  // The text first, so that there is something to cancel.
  const heard = await readEvents(theirs, ({ data }) => data.includes("until here"));
  expect(heard).toHaveLength(1);
  expect(await remove()).toEqual([200, { id: answerId, object: "answer.cancelled", cancelled: true }]);
  const events = parseEvents(await mine.text());
  expect(JSON.parse(events.at(-1)?.data ?? "").error.code).toBe("cancelled");
  await upstream.requests.at(-1)?.closed;
  expect(await remove()).toEqual([200, { id: answerId, object: "answer.cancelled", cancelled: false }]);
  const view = await (await server.fetch(`/v1/answers/${answerId}`)).json();
  expect(view).toMatchObject({ status: "cancelled", text: "until here" });
});

test("Another owner's answer is like none", async () => {
  answer = () => streamReply("mine");
  const { answerId, events } = await askWhole(ASK);
  const cookie = await server.signIn();
  const headers = { cookie, origin: server.url, "last-event-id": "" };
  const cursor = encodeURIComponent(events[0]?.id ?? "");
  const calls: [string, string][] = [
    ["GET", `/v1/answers/${answerId}`],
    ["GET", `/v1/answers/${answerId}/stream`],
    ["GET", `/v1/answers/${answerId}/stream?cursor=${cursor}`],
    ["DELETE", `/v1/answers/${answerId}`],
  ];
  const refusals: unknown[] = [];
  for (const [method, path] of calls) {
    const response = await server.fetch(path, { method, headers });
    const body = (await response.json()) as { error: { code: string } };
    expect([response.status, body.error.code], `${method} ${path}`).toEqual([404, "answer-not-found"]);
    const unknown = await server.fetch(path.replaceAll(answerId, "unknown-answer"), { method, headers });
    refusals.push([await unknown.json(), body]);
  }
  for (const [unknown, own] of refusals as [unknown, unknown][]) expect(own).toEqual(unknown);
  // And the other way round: what the user asked is nothing to the key, nor does the same idempotency key meet.
  const asUser = { ...headers, "idempotency-key": "shared" };
  const theirs = await server.post("/v1/chat/completions", { ...ASK, stream: false }, asUser);
  const ours = await server.post("/v1/chat/completions", { ...ASK, stream: false }, { "idempotency-key": "shared" });
  expect([theirs.status, ours.status]).toEqual([200, 200]);
  expect(theirs.headers.get("x-answer-id")).not.toBe(ours.headers.get("x-answer-id"));
  expect((await server.fetch(`/v1/answers/${theirs.headers.get("x-answer-id")}`)).status).toBe(404);
});
