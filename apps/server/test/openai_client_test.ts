import OpenAI, {
  APIError,
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  InternalServerError,
  NotFoundError,
} from "openai";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { fakeTimers } from "./_fake_timers.ts";
import { Faucet } from "./_faucet.ts";
import type { TestServer } from "./_server.ts";
import { KEY, startServer } from "./_server.ts";
import type { Upstream, UpstreamReply } from "./_upstream.ts";
import { chatStream, chunkOf, EVENT_STREAM, JSON_TYPE, STOP, startUpstream, streamReply } from "./_upstream.ts";

const USAGE = {
  prompt_tokens: 11,
  completion_tokens: 7,
  total_tokens: 18,
  prompt_tokens_details: { cached_tokens: 4 },
  completion_tokens_details: { reasoning_tokens: 3 },
};
const delta = (fields: Record<string, unknown>) => ({ choices: [{ index: 0, delta: fields, finish_reason: null }] });

/** An answer with everything in it, its reasoning first. */
const RICH: UpstreamReply = {
  headers: EVENT_STREAM,
  pieces: chatStream(
    delta({ role: "assistant", reasoning_content: "Let me " }),
    delta({ reasoning_content: "think" }),
    "مرحبًا ",
    "world",
    STOP,
    { choices: [], usage: { ...USAGE, cost: 0.00042 } },
  ),
};
const CALL = { id: "call_1", type: "function" as const, function: { name: "weather", arguments: '{"city":"حلب"}' } };
const CALLING: UpstreamReply = {
  headers: EVENT_STREAM,
  pieces: chatStream(
    delta({ tool_calls: [{ index: 0, ...CALL, function: { name: "weather", arguments: "" } }] }),
    delta({ tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] }),
    delta({ tool_calls: [{ index: 0, function: { arguments: '"حلب"}' } }] }),
    { choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }] },
  ),
};
const TOOLS: OpenAI.ChatCompletionTool[] = [
  { type: "function", function: { name: "weather", parameters: { type: "object", properties: {} } } },
];

const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "ما الطقس؟" }];
// The upstream names its model otherwise than it is asked for.
const ask = { model: "up/alias", messages };

let answer: () => UpstreamReply;
let upstream: Upstream;
let server: TestServer;
let client: OpenAI;

beforeAll(async () => {
  upstream = await startUpstream(() => answer());
  const baseUrl = `${upstream.url}/v1`;
  server = await startServer({
    environment: { LLM_MAX_RETRIES: "0" },
    config: {
      providers: {
        up: { dialect: "openai-chat", baseUrl, apiKey: "sk-of-the-upstream", model: "model-1" },
        // Port 1 of this machine: nothing listens there.
        dead: { dialect: "openai-chat", baseUrl: "http://127.0.0.1:1/v1", model: "model-2" },
      },
      routes: { gone: { targets: [{ provider: "dead" }, { provider: "up", model: "refused" }] } },
    },
  });
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: KEY, maxRetries: 0 });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

beforeEach(() => {
  answer = () => RICH;
});

async function rejection(promise: PromiseLike<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

async function readAll<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

test("The OpenAI client streams text, reasoning, finish and usage", async () => {
  const stream = await client.chat.completions.create({
    ...ask,
    stream: true,
    stream_options: { include_usage: true },
  });
  const chunks = await readAll(stream);
  const deltas = chunks.map(({ choices }) => choices[0]?.delta as Record<string, string> | undefined);
  expect(deltas.map((one) => one?.reasoning_content ?? "").join("")).toBe("Let me think");
  expect(deltas.map((one) => one?.reasoning ?? "").join("")).toBe("Let me think");
  expect(deltas.map((one) => one?.content ?? "").join("")).toBe("مرحبًا world");
  expect(deltas.map((one) => one?.role).filter((role) => role !== undefined)).toEqual(["assistant"]);
  const [finish, usage] = chunks.slice(-2) as (OpenAI.ChatCompletionChunk & { cogniforge: Record<string, unknown> })[];
  expect(finish?.choices).toEqual([{ index: 0, delta: {}, finish_reason: "stop" }]);
  expect(usage?.choices).toEqual([]);
  expect(usage?.usage).toEqual({ ...USAGE, cost: 0.00042 });
  expect(usage?.cogniforge).toMatchObject({
    provider: "up",
    cost: { amount: 0.00042, currency: "USD", source: "provider" },
  });
  expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true);
  expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  expect(new Set(chunks.map(({ model }) => model))).toEqual(new Set(["model-1"]));
});

test("The OpenAI client gets no usage in a stream that did not ask for it", async () => {
  const chunks = await readAll(await client.chat.completions.create({ ...ask, stream: true }));
  expect(chunks.some((chunk) => "usage" in chunk)).toBe(false);
  expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe("stop");
});

test("The OpenAI client gets a completion in one piece", async () => {
  const { data, response } = await client.chat.completions.create(ask).withResponse();
  expect(data.object).toBe("chat.completion");
  expect(data.choices).toEqual([
    {
      index: 0,
      message: {
        role: "assistant",
        content: "مرحبًا world",
        reasoning_content: "Let me think",
        reasoning: "Let me think",
        refusal: null,
      },
      logprobs: null,
      finish_reason: "stop",
    },
  ]);
  expect(data.usage).toEqual({ ...USAGE, cost: 0.00042 });
  const id = response.headers.get("x-answer-id");
  expect(data.id).toBe(`chatcmpl-${id}`);
  expect(data).toMatchObject({ model: "model-1", cogniforge: { answerId: id, cost: { amount: 0.00042 } } });
});

test("The OpenAI client gets tool calls, streamed and in one piece", async () => {
  answer = () => CALLING;
  const runner = client.chat.completions.stream({ ...ask, tools: TOOLS });
  const [streamed] = (await runner.finalChatCompletion()).choices;
  expect(streamed?.finish_reason).toBe("tool_calls");
  expect(streamed?.message.tool_calls).toMatchObject([CALL]);
  const [whole] = (await client.chat.completions.create({ ...ask, tools: TOOLS })).choices;
  expect(whole).toMatchObject({ finish_reason: "tool_calls", message: { content: null, tool_calls: [CALL] } });
});

test("The upstream receives what the OpenAI client sent, apart from the model", async () => {
  const body = {
    messages: [
      { role: "system" as const, content: "كن موجزًا" },
      { role: "user" as const, content: [{ type: "text" as const, text: "What is this?", extra: { kept: true } }] },
      { role: "assistant" as const, content: null, tool_calls: [CALL] },
      { role: "tool" as const, tool_call_id: "call_1", content: '{"degrees":21}' },
    ],
    tools: TOOLS,
    tool_choice: "auto" as const,
    temperature: 0,
    max_completion_tokens: 400,
    response_format: { type: "json_object" as const },
    stop: ["\n\n"],
    seed: 7,
    logit_bias: {},
    metadata: { purpose: "تجربة" },
    // Fields that only one upstream knows.
    provider: { order: ["a", "b"] },
    reasoning: { effort: "low" },
    top_k: null,
  };
  const stream = { stream: true as const, stream_options: { include_usage: true, include_obfuscation: false } };
  await readAll(await client.chat.completions.create({ ...ask, ...body, ...stream }));
  const streamed = upstream.requests.at(-1);
  expect(streamed?.json).toEqual({ ...body, ...stream, model: "alias" });
  expect(streamed?.path).toBe("/v1/chat/completions");
  expect(streamed?.headers.authorization).toBe("Bearer sk-of-the-upstream");
  // An answer in one piece is streamed from the upstream all the same, so that it can be watched and resumed.
  await client.chat.completions.create({ ...ask, ...body });
  const always = { stream: true, stream_options: { include_usage: true } };
  expect(upstream.requests.at(-1)?.json).toEqual({ ...body, ...always, model: "alias" });
});

test("The OpenAI client throws its own errors with our codes and both languages", async () => {
  const asked = upstream.requests.length;
  const stranger = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "wrong", maxRetries: 0 });
  const cases: [PromiseLike<unknown>, new (...args: never[]) => APIError, Record<string, unknown>][] = [
    [
      stranger.chat.completions.create(ask),
      AuthenticationError,
      { status: 401, code: "unauthenticated", type: "authentication_error" },
    ],
    [
      client.chat.completions.create({ ...ask, messages: [{ role: "user", content: 5 as never }] }),
      BadRequestError,
      { status: 400, code: "invalid-input", type: "invalid_request_error", param: "messages.0.content" },
    ],
    [
      client.chat.completions.create({ ...ask, n: 9 }),
      BadRequestError,
      { status: 400, code: "invalid-input", type: "invalid_request_error", param: "n" },
    ],
    [
      client.chat.completions.create({ ...ask, model: "no-such-route" }),
      NotFoundError,
      { status: 404, code: "route-not-found", type: "not_found_error", param: "model" },
    ],
    [client.chat.completions.create({ ...ask, model: "nobody/model-1" }), NotFoundError, { code: "route-not-found" }],
  ];
  for (const [promise, kind, wanted] of cases) {
    const error = await rejection(promise);
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject(wanted);
    expect((error as APIError).error).toMatchObject({
      message: expect.stringMatching(/[a-z]/),
      message_ar: expect.stringMatching(/[\u0621-\u064a]/),
      remedy: expect.any(String),
      remedy_ar: expect.any(String),
    });
  }
  expect(upstream.requests.length).toBe(asked);
});

test("The OpenAI client is told when all upstreams are dead, before and in a stream", async () => {
  answer = () => ({ status: 401, headers: JSON_TYPE, pieces: ['{"error":{"message":"Bad key sk-secret"}}'] });
  const error = await rejection(client.chat.completions.create({ ...ask, model: "gone" }));
  expect(error).toBeInstanceOf(InternalServerError);
  expect(error).toMatchObject({ status: 502, code: "all-targets-failed", type: "server_error" });
  expect(JSON.stringify((error as APIError).error)).not.toContain("secret");
  const alone = await rejection(client.chat.completions.create({ ...ask, model: "dead/model-2" }));
  expect(alone).toMatchObject({ status: 502, code: "network" });
  const stream = await client.chat.completions.create({ ...ask, model: "gone", stream: true });
  const inStream = await rejection(readAll(stream));
  expect(inStream).toBeInstanceOf(APIError);
  expect(inStream).toMatchObject({ code: "all-targets-failed", type: "server_error" });
});

test("The OpenAI client may be told to wait by an upstream's limit", async () => {
  answer = () => ({
    status: 429,
    headers: { ...JSON_TYPE, "retry-after": "17" },
    pieces: ['{"error":{"message":"Rate limit reached","code":"rate_limit_exceeded"}}'],
  });
  const error = await rejection(client.chat.completions.create(ask));
  expect(error).toMatchObject({ status: 429, code: "rate-limit", type: "rate_limit_error" });
  expect((error as APIError).headers?.get("retry-after")).toBe("17");
});

test("Idempotency-Key attaches the OpenAI client to the answer that has it, while it runs and after", async () => {
  const faucet = new Faucet();
  answer = () => ({ headers: EVENT_STREAM, pieces: faucet });
  const asked = upstream.requests.length;
  const options = { headers: { "Idempotency-Key": "key-1" } };
  const first = client.chat.completions.create({ ...ask, stream: true }, options);
  faucet.pour(`data: ${JSON.stringify(chunkOf("one "))}\n\n`);
  const stream = (await first)[Symbol.asyncIterator]();
  expect((await stream.next()).value?.choices[0]?.delta.content).toBe("one ");
  const second = client.chat.completions.create(ask, options);
  faucet.pour(...chatStream("two", STOP));
  faucet.close();
  const rest = await readAll({ [Symbol.asyncIterator]: () => stream });
  expect(rest.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe("two");
  expect((await second).choices[0]?.message.content).toBe("one two");
  const third = await client.chat.completions.create({ ...ask, stream: true }, options).withResponse();
  const again = await readAll(third.data);
  expect(again.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe("one two");
  expect(new Set(again.map(({ model }) => model))).toEqual(new Set(["model-1"]));
  expect(upstream.requests.length).toBe(asked + 1);

  const other = { ...ask, messages: [{ role: "user" as const, content: "Another question" }] };
  const error = await rejection(client.chat.completions.create(other, options));
  expect(error).toBeInstanceOf(ConflictError);
  expect(error).toMatchObject({ code: "id-taken" });
  expect(upstream.requests.length).toBe(asked + 1);
});

test("An OpenAI client that hangs up leaves the answer running, to be read again", async () => {
  const faucet = new Faucet();
  answer = () => ({ headers: EVENT_STREAM, pieces: faucet });
  faucet.pour(`data: ${JSON.stringify(chunkOf("kept "))}\n\n`);
  const { data, response } = await client.chat.completions.create({ ...ask, stream: true }).withResponse();
  for await (const chunk of data) {
    expect(chunk.choices[0]?.delta.content).toBe("kept ");
    data.controller.abort();
  }
  const whole = new AbortController();
  const waiting = rejection(client.chat.completions.create(ask, { signal: whole.signal }));
  whole.abort();
  expect(await waiting).toBeInstanceOf(APIUserAbortError);
  const again = server.fetch(`/v1/answers/${response.headers.get("x-answer-id")}/stream`);
  faucet.pour(...chatStream("text", STOP));
  faucet.close();
  expect((await (await again).text()).includes('"content":"text"')).toBe(true);
  const { text, status } = (await (
    await server.fetch(`/v1/answers/${response.headers.get("x-answer-id")}`)
  ).json()) as Record<string, string>;
  expect({ text, status }).toEqual({ text: "kept text", status: "completed" });
});

test("An answer whose only OpenAI client has left for good is cancelled, upstream too, unless a key names it", async () => {
  answer = () => ({ headers: EVENT_STREAM, pieces: [`data: ${JSON.stringify(chunkOf("heard"))}\n\n`], end: "hang" });
  const leave = async (headers: Record<string, string>) => {
    const creating = client.chat.completions.create({ ...ask, stream: true }, { headers });
    const { data, response } = await creating.withResponse();
    for await (const _chunk of data) data.controller.abort();
    const id = response.headers.get("x-answer-id");
    const view = async () => (await (await server.fetch(`/v1/answers/${id}`)).json()) as { status: string };
    const ended = async () => (await server.fetch(`/v1/answers/${id}/stream`)).text();
    return { view, ended, closed: upstream.requests.at(-1)?.closed };
  };
  using _timers = fakeTimers("setTimeout", "clearTimeout");
  const named = await leave({ "Idempotency-Key": "kept" });
  const nameless = await leave({});
  let isClosed = false;
  const closing = nameless.closed?.then(() => {
    isClosed = true;
  });
  let seconds = 0;
  while (!isClosed && seconds < 19) {
    await vi.advanceTimersByTimeAsync(1_000);
    seconds++;
    // A real call, so that the server gets its turn to see that the reader has left.
    if (!isClosed && seconds < 14) expect((await nameless.view()).status, `after ${seconds} s`).toBe("running");
  }
  await closing;
  expect(seconds).toBeGreaterThanOrEqual(14);
  expect(await nameless.ended()).toContain('"code":"cancelled"');
  expect((await nameless.view()).status).toBe("cancelled");
  expect((await named.view()).status).toBe("running");
});

test("The OpenAI client lists routes and targets, each of which can be asked", async () => {
  answer = () => streamReply("ok");
  const models = await readAll(client.models.list());
  expect(models.map(({ id }) => id)).toEqual(["default", "gone", "up/model-1", "dead/model-2", "up/refused"]);
  expect(models.every(({ object }) => object === "model")).toBe(true);
  for (const model of ["default", "up/model-1", "up/refused", "gone"]) {
    const { choices } = await client.chat.completions.create({ ...ask, model });
    expect(choices[0]?.message.content, model).toBe("ok");
  }
});
