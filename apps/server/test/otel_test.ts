import { writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { boundsOf, CATALOGUE } from "@cogniforge/core/metrics";
import { expect, test, vi } from "vitest";
import { otelName } from "../src/otel/otel_name.ts";
import { tempFolder } from "../src/storage/temp_folder.ts";
import { startChild } from "./_child.ts";
import type { Collector, GotSpan } from "./_collector.ts";
import { startCollector } from "./_collector.ts";
import { parseExposition } from "./_exposition.ts";
import { Faucet } from "./_faucet.ts";
import { piecesOf } from "./_fault_play.ts";
import { KEY, startServer } from "./_server.ts";
import { overHttp, overWebSocket, watch } from "./_trpc_client.ts";
import type { UpstreamReply, UpstreamRequest } from "./_upstream.ts";
import { chatStream, EVENT_STREAM, STOP, startUpstream } from "./_upstream.ts";

vi.setConfig({ testTimeout: 60_000 });

const SERVER = 2;
const CLIENT = 3;
const ERROR = 2;
const PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const QUESTION = "Whisper the word xylophonist سرّ";
const SAID = "A confidential marmalade of words that goes on for long enough to be cut in two halves.";
const USAGE = { choices: [], usage: { prompt_tokens: 10, completion_tokens: 40, total_tokens: 50 } };

/** Spans at once, metrics often: what an operator sets to longer times. */
const QUICK = { OTEL_BSP_SCHEDULE_DELAY: "10", OTEL_METRIC_EXPORT_INTERVAL: "100" };

const provider = (url: string) => ({ dialect: "openai-chat" as const, baseUrl: `${url}/v1`, model: "model-1" });

/** What is left to say after the beginning that came with the request. */
function sayRest({ json }: UpstreamRequest): UpstreamReply {
  const last = (json?.messages as { role: string; content: string }[] | undefined)?.at(-1);
  const rest = SAID.slice(last?.role === "assistant" ? last.content.length : 0);
  return { headers: EVENT_STREAM, pieces: chatStream(...piecesOf(rest), STOP, USAGE) };
}

/** A provider that answers, one that is cut in the middle and one that is busy; a route for each. */
async function serve(collectorUrl: string, environment: Record<string, string> = {}) {
  const good = await startUpstream(sayRest);
  const cut = await startUpstream(() => ({
    headers: EVENT_STREAM,
    pieces: chatStream(...piecesOf(SAID.slice(0, 40))).slice(0, -1),
    end: "cut",
  }));
  const busy = await startUpstream(() => ({ status: 503, pieces: [`busy with ${QUESTION}`] }));
  const server = await startServer({
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl, ...QUICK, ...environment },
    config: {
      providers: {
        good: { ...provider(good.url), prefill: "trailing" },
        cut: provider(cut.url),
        busy: provider(busy.url),
      },
      routes: {
        default: { targets: [{ provider: "good" }], maxRetries: 0 },
        rescued: { targets: [{ provider: "cut" }, { provider: "good" }], maxRetries: 0 },
        failing: { targets: [{ provider: "busy" }], maxRetries: 0 },
      },
    },
  });
  return {
    ...server,
    ask: (model: string, headers: Record<string, string> = {}) =>
      server.post("/v1/chat/completions", { model, messages: [{ role: "user", content: QUESTION }] }, headers),
    async [Symbol.asyncDispose]() {
      for (const one of [server, good, cut, busy]) await one[Symbol.asyncDispose]();
    },
  };
}

/** An answer's own span and those of its attempts, in their order. */
async function spansOf(collector: Collector, route: string): Promise<[answer: GotSpan, ...attempts: GotSpan[]]> {
  const find = () => collector.spans.find(({ name }) => name === `answer ${route}`);
  await collector.until(() => find() !== undefined);
  const answer = find() as GotSpan;
  const attempts = collector.spans.filter(({ parentSpanId }) => parentSpanId === answer.spanId);
  return [
    answer,
    ...attempts.toSorted(
      (a, b) => Number(a.attributes["cogniforge.attempt"]) - Number(b.attributes["cogniforge.attempt"]),
    ),
  ];
}

function expectNoTexts({ texts }: Collector): void {
  const all = texts.join("\n");
  for (const word of ["xylophonist", "سرّ", "marmalade", "confidential", KEY]) expect(all).not.toContain(word);
}

test("an answer is sent as a span with one child for its attempt, by the conventions for generative AI", async () => {
  await using collector = await startCollector();
  await using server = await serve(collector.url, {
    OTEL_SERVICE_NAME: "house",
    OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=trial,team=a%20b",
    OTEL_EXPORTER_OTLP_HEADERS: "x-tenant=seven",
  });
  const before = Date.now();
  const response = await server.ask("default");
  const answerId = response.headers.get("x-answer-id");
  await response.text();
  const [answer, attempt, ...others] = await spansOf(collector, "default");
  expect(others).toEqual([]);
  expect(answer).toMatchObject({
    kind: SERVER,
    parentSpanId: undefined,
    status: { code: 0 },
    attributes: {
      "cogniforge.answer.id": answerId,
      "cogniforge.request.id": response.headers.get("x-request-id"),
      "cogniforge.route": "default",
      "cogniforge.door": "openai",
      "cogniforge.outcome": "completed",
      "cogniforge.attempts": 1,
      "cogniforge.rescued": false,
      "cogniforge.fell_back": false,
      "gen_ai.response.finish_reasons": ["stop"],
    },
    events: [{ name: "cogniforge.first_token" }],
  });
  expect(attempt).toMatchObject({
    name: "chat model-1",
    kind: CLIENT,
    traceId: answer.traceId,
    attributes: {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "good",
      "gen_ai.request.model": "model-1",
      "gen_ai.response.model": "model-1",
      "gen_ai.response.finish_reasons": ["stop"],
      "gen_ai.usage.input_tokens": 10,
      "gen_ai.usage.output_tokens": 40,
      "cogniforge.why": "first",
    },
    events: [{ name: "cogniforge.first_token" }],
  });
  expect(answer.startedAt).toBeGreaterThanOrEqual(before);
  expect(attempt?.startedAt).toBeGreaterThanOrEqual(answer.startedAt);
  expect(answer.endedAt).toBeGreaterThanOrEqual(attempt?.endedAt ?? Number.NaN);
  expect(answer.endedAt).toBeLessThanOrEqual(Date.now());
  expect(collector.resources[0]).toMatchObject({
    "service.name": "house",
    "service.version": expect.any(String),
    "deployment.environment.name": "trial",
    team: "a b",
  });
  expect(collector.headers[0]).toMatchObject({ "x-tenant": "seven", "content-type": "application/json" });
  expectNoTexts(collector);
});

test("a rescued answer is sent with its cut attempt, its seam and its freeze, as a child of the caller's span", async () => {
  await using collector = await startCollector();
  await using server = await serve(collector.url, { OTEL_EXPORTER_OTLP_COMPRESSION: "gzip" });
  const response = await server.ask("rescued", { traceparent: PARENT });
  expect((await response.json()).choices[0].message.content).toBe(SAID);
  const [answer, first, second] = await spansOf(collector, "rescued");
  expect(answer).toMatchObject({
    traceId: "0af7651916cd43dd8448eb211c80319c",
    parentSpanId: "b7ad6b7169203331",
    status: { code: 0 },
    attributes: { "cogniforge.rescued": true, "cogniforge.attempts": 2, "cogniforge.freeze_ms": expect.any(Number) },
    events: [{ name: "cogniforge.first_token" }, { name: "cogniforge.seam", attributes: { "cogniforge.attempt": 2 } }],
  });
  expect(first).toMatchObject({
    traceId: answer.traceId,
    status: { code: ERROR, message: "cut" },
    attributes: { "gen_ai.provider.name": "cut", "error.type": "cut", "cogniforge.why": "first" },
  });
  expect(second).toMatchObject({
    status: { code: 0 },
    attributes: { "gen_ai.provider.name": "good", "cogniforge.why": "continuation" },
    events: [
      { name: "cogniforge.first_token" },
      { name: "cogniforge.seam", attributes: { "cogniforge.seam.strategy": "prefill" } },
    ],
  });
  expectNoTexts(collector);
});

test("a failed answer is sent with its failure's code, and nothing that its provider wrote", async () => {
  await using collector = await startCollector();
  await using server = await serve(collector.url);
  expect((await server.ask("failing")).status).toBe(503);
  const [answer, attempt] = await spansOf(collector, "failing");
  for (const span of [answer, attempt]) {
    expect(span?.status).toEqual({ code: ERROR, message: "overloaded" });
    expect(span?.attributes).toMatchObject({ "error.type": "overloaded", "cogniforge.outcome": "failed" });
    expect(span?.events).toEqual([]);
  }
  expectNoTexts(collector);
});

test("the caller's trace goes on through the plain SSE route and tRPC, and not through a socket that many questions share", async () => {
  await using collector = await startCollector();
  await using server = await serve(collector.url);
  const headers = { authorization: `Bearer ${KEY}`, traceparent: PARENT };
  await (await server.fetch("/admin/api/chat/stream?question=Q&answer_id=asked-by-sse", { headers })).text();
  await overHttp(server.url, headers).answers.start.mutate({ question: "Q", answerId: "asked-by-trpc" });
  using socket = overWebSocket(server.url, headers);
  await socket.client.answers.start.mutate({ question: "Q", answerId: "asked-by-socket" });
  const find = (answerId: string) =>
    collector.spans.find(({ kind, attributes }) => kind === SERVER && attributes["cogniforge.answer.id"] === answerId);
  await collector.until(() =>
    ["asked-by-sse", "asked-by-trpc", "asked-by-socket"].every((id) => find(id) !== undefined),
  );
  expect(find("asked-by-sse")).toMatchObject({
    parentSpanId: "b7ad6b7169203331",
    attributes: { "cogniforge.door": "sse" },
  });
  expect(find("asked-by-trpc")).toMatchObject({
    parentSpanId: "b7ad6b7169203331",
    attributes: { "cogniforge.door": "trpc" },
  });
  expect(find("asked-by-socket")).toMatchObject({
    parentSpanId: undefined,
    attributes: { "cogniforge.door": "trpc-websocket" },
  });
});

test("a caller that is not sampled is followed in that, unless the sampler says otherwise", async () => {
  await using collector = await startCollector();
  await using server = await serve(collector.url);
  await (await server.ask("default", { traceparent: PARENT.replace(/01$/, "00") })).text();
  await (await server.ask("failing")).text();
  await spansOf(collector, "failing");
  expect(collector.spans.map(({ name }) => name)).not.toContain("answer default");
});

test("the metrics that are sent are those of the scrape, with its values and buckets, and those of the conventions", async () => {
  await using collector = await startCollector();
  await using server = await serve(collector.url);
  await (await server.ask("default")).text();
  await (await server.ask("rescued")).text();
  const ended = () => collector.metrics.get("cogniforge.answers_ended")?.points.length === 2;
  await collector.until(() => ended() && collector.metrics.has("gen_ai.client.token.usage"));
  const families = parseExposition(await (await server.fetch("/metrics")).text());
  const measures = Object.values(CATALOGUE);
  for (const measure of measures) {
    const metric = collector.metrics.get(otelName(measure));
    const samples = families.get(measure.name)?.samples ?? [];
    if (samples.length === 0) continue;
    expect(metric?.kind, measure.name).toBe(measure.kind === "counter" ? "sum" : measure.kind);
  }
  const duration = collector.metrics.get("cogniforge.answer");
  expect(duration).toMatchObject({ unit: "s", kind: "histogram" });
  const point = duration?.points.find(({ attributes }) => attributes.route === "default");
  expect(point?.bounds).toEqual(boundsOf(CATALOGUE.duration).map((bound) => bound / 1000));
  expect(point?.counts).toHaveLength((point?.bounds.length ?? 0) + 1);
  expect(point?.counts.reduce((sum, count) => sum + count)).toBe(1);
  const buckets = families
    .get(CATALOGUE.duration.name)
    ?.samples.filter(({ name, labels }) => name.endsWith("_bucket") && labels.route === "default");
  let upTo = 0;
  expect(point?.counts.map((count) => (upTo += count))).toEqual(buckets?.map(({ value }) => value));
  expect(collector.metrics.get("cogniforge.tokens")?.points).toContainEqual(
    expect.objectContaining({ attributes: { provider: "good", model: "model-1", kind: "output" }, value: 80 }),
  );
  const usage = collector.metrics.get("gen_ai.client.token.usage");
  expect(usage?.points.map(({ attributes }) => attributes)).toContainEqual({
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "good",
    "gen_ai.request.model": "model-1",
    "gen_ai.response.model": "model-1",
    "gen_ai.token.type": "output",
  });
  expect(
    collector.metrics.get("gen_ai.client.operation.duration")?.points.map(({ attributes }) => attributes["error.type"]),
  ).toEqual([undefined, "cut"]);
  expectNoTexts(collector);
});

test("what has ended shortly before the server stops is sent while it stops", async () => {
  await using collector = await startCollector();
  {
    await using server = await serve(collector.url, {
      OTEL_BSP_SCHEDULE_DELAY: "3600000",
      OTEL_METRIC_EXPORT_INTERVAL: "3600000",
    });
    await (await server.ask("default")).text();
    expect(collector.texts).toEqual([]);
  }
  expect(collector.spans.map(({ name }) => name).sort()).toEqual(["answer default", "chat model-1"]);
  expect(collector.metrics.get("cogniforge.answers_ended")?.points[0]?.value).toBe(1);
});

test("an answer that a killed process began is sent once, whole and in its caller's trace, by the process that ended it", async () => {
  await using collector = await startCollector();
  const faucet = new Faucet();
  faucet.pour(...chatStream(...piecesOf(SAID.slice(0, 40))).slice(0, -1));
  await using upstream = await startUpstream((request, index) =>
    index === 0 ? { headers: EVENT_STREAM, pieces: faucet } : sayRest(request),
  );
  await using folder = await tempFolder();
  const config = {
    providers: { one: { ...provider(upstream.url), prefill: "trailing" } },
    routes: { default: { targets: [{ provider: "one" }], maxRetries: 0 } },
  };
  await writeFile(join(folder.path, "cogniforge.config.json"), JSON.stringify(config));
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_METRICS_EXPORTER: "none", ...QUICK };
  const answerId = "begun-by-another";
  let before = "";
  {
    await using child = await startChild(folder.path, environment);
    const client = overHttp(child.url, { authorization: `Bearer ${KEY}`, traceparent: PARENT });
    await client.answers.start.mutate({ question: QUESTION, answerId });
    await watch(client, { answerId }).until(({ type }) => type === "text-delta" || type === "snapshot");
    before = child.said();
  }
  expect(before).not.toContain("An answer ended");
  expect(collector.texts).toEqual([]);
  await using child = await startChild(folder.path, environment);
  const [answer, first, second] = await spansOf(collector, "default");
  expect(answer).toMatchObject({
    parentSpanId: "b7ad6b7169203331",
    attributes: { "cogniforge.door": "trpc", "cogniforge.rescued": true },
  });
  expect(first).toMatchObject({
    status: { code: ERROR, message: "interrupted" },
    attributes: { "cogniforge.why": "first" },
  });
  expect(second).toMatchObject({ status: { code: 0 }, attributes: { "cogniforge.why": "recovery" } });
  const line = child
    .said()
    .split("\n")
    .find((one) => one.includes('"An answer ended"'));
  expect(JSON.parse(line ?? "{}")).toMatchObject({
    answerId,
    requestId: answer.attributes["cogniforge.request.id"],
    trace_id: "0af7651916cd43dd8448eb211c80319c",
    outcome: "completed",
  });
  expectNoTexts(collector);
  expect(child.said()).not.toContain("marmalade");
});

async function closedPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

test.each(["down", "deaf"])("a collector that is %s delays no answer and holds no stop up", async (state) => {
  await using deaf = await startCollector({ answer: "hang" });
  const server = await serve(state === "deaf" ? deaf.url : await closedPort());
  const response = await server.ask("default");
  expect((await response.json()).choices[0].message.content).toBe(SAID);
  for (let round = 0; round < 3; round++) await (await server.ask("default")).text();
  const stoppingAt = performance.now();
  await server[Symbol.asyncDispose]();
  expect(performance.now() - stoppingAt).toBeLessThan(4_000);
  expect(server.errors).toEqual([]);
});
