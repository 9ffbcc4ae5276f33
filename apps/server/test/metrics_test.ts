import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { CATALOGUE } from "@cogniforge/core/metrics";
import { TRPCClientError } from "@trpc/client";
import { expect, test, vi } from "vitest";
import type { Pulse } from "../src/measures/pulse.ts";
import { type Family, parseExposition } from "./_exposition.ts";
import { signInMember } from "./_member.ts";
import { KEY, startServer } from "./_server.ts";
import type { Client } from "./_trpc_client.ts";
import { overHttp, overWebSocket, watch } from "./_trpc_client.ts";
import { chatStream, EVENT_STREAM, STOP, startUpstream, streamReply } from "./_upstream.ts";

vi.setConfig({ testTimeout: 30_000 });

const TOKEN = "metrics-token-0123456789";
const USAGE = { choices: [], usage: { prompt_tokens: 10, completion_tokens: 40, total_tokens: 50 } };

/** A server whose first target fails and whose second one answers. */
async function serve(environment: Record<string, string> = {}) {
  const bad = await startUpstream(() => ({ status: 503 }));
  const good = await startUpstream(() => ({
    headers: EVENT_STREAM,
    pieces: chatStream("Hello ", "world", STOP, USAGE),
  }));
  const server = await startServer({
    environment,
    hasAdministrator: true,
    config: {
      providers: {
        bad: { dialect: "openai-chat", baseUrl: `${bad.url}/v1`, model: "model-1" },
        good: { dialect: "openai-chat", baseUrl: `${good.url}/v1`, model: "model-1" },
      },
      routes: {
        default: { targets: [{ provider: "bad" }, { provider: "good" }], maxRetries: 0 },
        failing: { targets: [{ provider: "bad" }], maxRetries: 0 },
      },
    },
  });
  return {
    server,
    async [Symbol.asyncDispose]() {
      for (const one of [server, good, bad]) await one[Symbol.asyncDispose]();
    },
  };
}

/** Follows the pulse; `until` resolves with the first one that fits. */
function follow(client: Client) {
  const seen: Pulse[] = [];
  const waiting = new Set<() => void>();
  const subscription = client.metrics.live.subscribe(undefined, {
    onData(pulse) {
      seen.push(pulse);
      for (const wake of waiting) wake();
    },
  });
  return {
    seen,
    async until(fits: (pulse: Pulse) => boolean): Promise<Pulse> {
      for (;;) {
        const found = seen.find(fits);
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => waiting.add(resolve));
      }
    },
    [Symbol.dispose]: () => subscription.unsubscribe(),
  };
}

/** Asks, and waits until the answer is measured. */
async function ask(client: Client, pulses: ReturnType<typeof follow>, route = "default"): Promise<string> {
  const before = pulses.seen.at(-1)?.ended ?? 0;
  const { answerId } = await client.answers.start.mutate({ question: "سؤال", route });
  await watch(client, { answerId }).done;
  await pulses.until(({ ended }) => ended > before);
  return answerId;
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  const error = await call.catch((reason: unknown) => reason);
  return error instanceof TRPCClientError ? error.data.failure.code : "none";
}

test("providers.live tells of an answer that ends and of a drill that is armed, and providers.status gives the same", async () => {
  await using server = await startServer({ environment: { ALLOW_MOCK_LLM: "true" } });
  using socket = overWebSocket(server.url);
  const { client } = socket;
  type Status = Awaited<ReturnType<typeof client.providers.status.query>>;
  const seen: Status[] = [];
  let wake = () => {};
  const subscription = client.providers.live.subscribe(undefined, {
    onData(status) {
      seen.push(status);
      wake();
    },
  });
  const until = async (fits: (status: Status) => boolean) => {
    while (!seen.some(fits)) await new Promise<void>((resolve) => (wake = resolve));
  };
  await until(({ counts, drills }) => counts.started === 0 && drills.every(({ armed }) => armed === undefined));
  await client.answers.start.mutate({ question: "Q" });
  await until(({ counts }) => counts.finished === 1);
  await client.providers.armDrill.mutate({ provider: "mock", fault: { fault: "cut" } });
  await until(({ drills }) => drills.some(({ armed }) => armed?.fault === "cut"));
  subscription.unsubscribe();
  expect(await client.providers.status.query()).toEqual(seen.at(-1));
});

test("metrics.overview, .latest and .pulse tell of an answer that has just ended, and of nothing that is filtered out", async () => {
  await using world = await serve();
  using socket = overWebSocket(world.server.url);
  using pulses = follow(socket.client);
  const { metrics } = overHttp(world.server.url);
  await pulses.until(({ ended }) => ended === 0);
  const answerId = await ask(socket.client, pulses);
  const failedId = await ask(socket.client, pulses, "failing");

  for (const range of ["5m", "1h", "6h", "24h", "7d", "30d"] as const) {
    const overview = await metrics.overview.query({ range });
    expect(overview.total, range).toMatchObject({
      answers: 2,
      completed: 1,
      failed: 1,
      fellBack: 1,
      fallbacks: 1,
      firstTokenMs: { count: 1 },
      tokens: { inputTokens: 10, outputTokens: 40 },
      failures: { overloaded: 2 },
      errors: { overloaded: 1 },
    });
    expect(overview.total.freezeMs).toBeUndefined();
    expect(overview.points.map(({ at }) => at)).toEqual(
      overview.points.map((_, index) => overview.from + index * overview.stepMs),
    );
    expect(overview.points.reduce((sum, { answers }) => sum + answers, 0)).toBe(2);
    expect(overview.choices).toEqual({ routes: ["default", "failing"], targets: ["good/model-1"] });
    expect(overview.targets.map(({ target, answers }) => [target, answers])).toEqual([
      ["", 1],
      ["good/model-1", 1],
    ]);
  }
  const failing = await metrics.overview.query({ range: "1h", route: "failing" });
  expect([failing.total.answers, failing.choices.routes.length]).toEqual([1, 2]);
  const good = await metrics.overview.query({ range: "1h", target: "good/model-1" });
  expect([good.total.answers, good.total.errors]).toEqual([1, {}]);

  const latest = await metrics.latest.query({});
  expect(latest.map(({ measures }) => measures.answerId)).toEqual([failedId, answerId]);
  expect(latest[1]?.measures).toMatchObject({ provider: "good", attempts: 2, fallbacks: 1, hasFallenBack: true });
  const conversation = latest[1]?.conversationId;
  expect(conversation).toEqual(expect.any(String));
  const { conversationId } = await socket.client.answers.get.query({ answerId });
  expect(conversation).toBe(conversationId);
  const cookie = await world.server.signIn();
  const other = overHttp(world.server.url, { cookie, origin: world.server.url });
  expect((await other.metrics.latest.query({ target: "good/model-1" })).map((one) => one.conversationId)).toEqual([
    undefined,
  ]);

  const pulse = await metrics.pulse.query();
  expect(pulse).toMatchObject({ running: 0, ended: 2, lastMinute: { answers: 2 }, breakers: [{ provider: "bad" }] });
  expect(await metrics.counters.query()).toMatchObject({ started: 2, finished: 1, fellBack: 1, incomplete: 1 });
});

for (const transport of ["SSE", "WebSocket"] as const) {
  test(`metrics.live over ${transport} pushes what changes, within two seconds, and nothing while nothing does`, async () => {
    await using upstream = await startUpstream(() => streamReply("Hello"));
    await using server = await startServer({
      config: {
        providers: { one: { dialect: "openai-chat", baseUrl: `${upstream.url}/v1`, model: "model-1" } },
        routes: { default: { targets: [{ provider: "one" }] } },
      },
    });
    using socket = overWebSocket(server.url);
    const client = transport === "SSE" ? overHttp(server.url) : socket.client;
    using pulses = follow(client);
    await pulses.until(({ ended }) => ended === 0);
    await client.answers.start.mutate({ question: "Q" });
    const startedAt = performance.now();
    const pulse = await pulses.until(({ ended, running }) => ended === 1 && running === 0);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(pulse.lastMinute).toMatchObject({ answers: 1, completed: 1 });
    const texts = pulses.seen.map((one) => JSON.stringify(one));
    for (const [index, text] of texts.entries()) expect(text).not.toBe(texts[index - 1]);
  });
}

test("metrics.* are for administrators", async () => {
  await using world = await serve();
  const { server } = world;
  const member = await signInMember(server);
  for (const [headers, code] of [
    [{}, "unauthenticated"],
    [{ cookie: member, origin: server.url }, "forbidden"],
  ] as const) {
    const { metrics } = overHttp(server.url, headers);
    expect(await codeOf(metrics.overview.query({ range: "1h" }))).toBe(code);
    expect(await codeOf(metrics.latest.query({}))).toBe(code);
    expect(await codeOf(metrics.pulse.query())).toBe(code);
  }
  const { metrics } = overHttp(server.url);
  expect(await codeOf(metrics.overview.query({ range: "2d" as "1h" }))).toBe("invalid-input");
});

test("GET /metrics opens for administrators and for COGNIFORGE_METRICS_TOKEN, which opens nothing else", async () => {
  await using world = await serve({ COGNIFORGE_METRICS_TOKEN: TOKEN });
  const { server } = world;
  const statusOf = async (headers: Record<string, string>, path = "/metrics") => {
    const response = await fetch(`${server.url}${path}`, { headers });
    await response.text();
    return response.status;
  };
  expect(await statusOf({})).toBe(401);
  expect(await statusOf({ authorization: "Bearer wrong-0123456789" })).toBe(401);
  expect(await statusOf({ authorization: `Bearer ${TOKEN}` })).toBe(200);
  expect(await statusOf({ authorization: `Bearer ${KEY}` })).toBe(200);
  expect(await statusOf({ cookie: await server.signIn() })).toBe(200);
  expect(await statusOf({ cookie: await signInMember(server) })).toBe(403);
  expect(await statusOf({ authorization: `Bearer ${TOKEN}` }, "/v1/models")).toBe(401);
  const refusal = await fetch(`${server.url}/metrics`);
  expect(await refusal.json()).toMatchObject({
    failure: { code: "unauthenticated", message: { ar: expect.any(String) } },
  });
  const post = await fetch(`${server.url}/metrics`, { method: "POST", headers: { authorization: `Bearer ${TOKEN}` } });
  expect(post.status).toBe(405);
});

test("GET /metrics gives every measure of the catalogue in a format that is taken without complaint", async () => {
  await using world = await serve();
  using socket = overWebSocket(world.server.url);
  using pulses = follow(socket.client);
  await ask(socket.client, pulses);
  await ask(socket.client, pulses, "failing");
  const response = await world.server.fetch("/metrics");
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const text = await response.text();
  const families = parseExposition(text);
  expect([...families.keys()]).toEqual(Object.values(CATALOGUE).map(({ name }) => name));
  const countOf = (key: keyof typeof CATALOGUE, labels: Record<string, string> = {}, suffix = "") =>
    sampleOf(families.get(CATALOGUE[key].name), labels, suffix);
  expect(countOf("answersStarted", { route: "default" })).toBe(1);
  expect(countOf("answersEnded", { route: "failing", outcome: "failed" })).toBe(1);
  expect(countOf("answersFellBack", { route: "default" })).toBe(1);
  expect(countOf("attempts", { provider: "bad", outcome: "failed", code: "overloaded" })).toBe(2);
  expect(countOf("attempts", { provider: "good", outcome: "completed", code: "none" })).toBe(1);
  expect(countOf("fallbacks", { provider: "good" })).toBe(1);
  expect(countOf("tokens", { provider: "good", kind: "output" })).toBe(40);
  expect(countOf("firstToken", { route: "default", provider: "good" }, "_count")).toBe(1);
  expect(countOf("duration", { outcome: "completed" }, "_count")).toBe(1);
  expect(countOf("addedLatency", {}, "_count")).toBeGreaterThan(0);
  expect(countOf("journalCommits")).toBeGreaterThan(3);
  expect(countOf("memory")).toBeGreaterThan(1e7);
  expect(countOf("startTime")).toBeGreaterThan(1.7e9);

  // Prometheus's own judge, where the machine has it; without it the parser above has judged.
  const promtool = await promisify(execFile)("which", ["promtool"]).catch(() => undefined);
  if (promtool === undefined) {
    console.info("promtool is not on this machine: the scrape was checked by the test's own parser");
    return;
  }
  const check = promisify(execFile)("promtool", ["check", "metrics"]);
  check.child.stdin?.end(text);
  await check;
});

function sampleOf(family: Family | undefined, labels: Record<string, string>, suffix: string): number | undefined {
  return family?.samples.find(
    (sample) =>
      sample.name === `${family.name}${suffix}` &&
      Object.entries(labels).every(([name, value]) => sample.labels[name] === value),
  )?.value;
}
