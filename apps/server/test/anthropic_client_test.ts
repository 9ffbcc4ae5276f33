import type { ClientOptions } from "@anthropic-ai/sdk";
import Anthropic, {
  APIError,
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from "@anthropic-ai/sdk";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Faucet } from "./_faucet.ts";
import type { TestServer } from "./_server.ts";
import { KEY, startServer } from "./_server.ts";
import type { Upstream, UpstreamReply, UpstreamRequest } from "./_upstream.ts";
import { chatStream, chunkOf, EVENT_STREAM, JSON_TYPE, STOP, startUpstream, streamReply } from "./_upstream.ts";

const delta = (fields: Record<string, unknown>) => ({ choices: [{ index: 0, delta: fields, finish_reason: null }] });
const finish = (reason: string) => ({ choices: [{ index: 0, delta: {}, finish_reason: reason }] });
const USAGE = {
  prompt_tokens: 11,
  completion_tokens: 7,
  prompt_tokens_details: { cached_tokens: 4 },
  completion_tokens_details: { reasoning_tokens: 3 },
};
const SIGNED = {
  type: "reasoning.text",
  text: "Let me think",
  signature: "sig-1",
  format: "anthropic-claude-v1",
  index: 0,
};

/** An answer with everything in it, its reasoning first. */
const RICH: UpstreamReply = {
  headers: EVENT_STREAM,
  pieces: chatStream(
    delta({
      role: "assistant",
      reasoning: "Let me ",
      reasoning_details: [{ ...SIGNED, text: "Let me ", signature: null }],
    }),
    delta({ reasoning: "think", reasoning_details: [{ ...SIGNED, text: "think" }] }),
    "مرحبًا ",
    "world",
    STOP,
    { choices: [], usage: { ...USAGE, cost: 0.00042 } },
  ),
};
const CALLING: UpstreamReply = {
  headers: EVENT_STREAM,
  pieces: chatStream(
    delta({ reasoning: "Let me think", reasoning_details: [SIGNED] }),
    "I look.",
    delta({ tool_calls: [{ index: 0, id: "call_1", type: "function", function: { name: "weather", arguments: "" } }] }),
    delta({ tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] }),
    delta({ tool_calls: [{ index: 0, function: { arguments: '"حلب"}' } }] }),
    finish("tool_calls"),
  ),
};
const TOOLS: Anthropic.Tool[] = [
  { name: "weather", description: "Tells the weather", input_schema: { type: "object", properties: {} } },
];

const messages: Anthropic.MessageParam[] = [{ role: "user", content: "ما الطقس؟" }];
// The upstream names its model otherwise than it is asked for.
const ask = { model: "up/alias", max_tokens: 1000, messages };

let answer: (request: UpstreamRequest) => UpstreamReply;
let upstream: Upstream;
let server: TestServer;
let client: Anthropic;

beforeAll(async () => {
  upstream = await startUpstream((request) => answer(request));
  const baseUrl = `${upstream.url}/v1`;
  server = await startServer({
    environment: { LLM_MAX_RETRIES: "0" },
    config: {
      providers: {
        up: { dialect: "openai-chat", baseUrl, apiKey: "sk-of-the-upstream", model: "model-1" },
        // Port 1 of this machine: nothing listens there.
        dead: { dialect: "openai-chat", baseUrl: "http://127.0.0.1:1/v1", model: "model-2" },
      },
      routes: {
        gone: { targets: [{ provider: "dead" }, { provider: "up", model: "refused" }] },
        rescued: {
          targets: [
            { provider: "up", model: "first" },
            { provider: "up", model: "second" },
          ],
        },
      },
    },
  });
  client = clientWith({ apiKey: KEY });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

beforeEach(() => {
  answer = () => RICH;
});

function clientWith(options: ClientOptions): Anthropic {
  return new Anthropic({ baseURL: server.url, maxRetries: 0, ...options });
}

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

const textOf = ({ content }: Anthropic.Message) =>
  content.map((block) => (block.type === "text" ? block.text : "")).join("");

test("The Anthropic client streams thinking, text, the reason to stop and usage", async () => {
  const events = await readAll(await client.messages.create({ ...ask, stream: true }));
  // Deltas that are ready together come as one.
  const types = events.map(({ type }) => type);
  expect(types.filter((type, at) => type !== types[at - 1])).toEqual([
    "message_start",
    ...["content_block_start", "content_block_delta", "content_block_stop"],
    ...["content_block_start", "content_block_delta", "content_block_stop"],
    ...["content_block_start", "content_block_delta", "content_block_stop"],
    ...["message_delta", "message_stop"],
  ]);
  const [start] = events;
  expect(start).toMatchObject({ message: { type: "message", role: "assistant", model: "model-1", content: [] } });
  const end = events.at(-2) as Anthropic.MessageDeltaEvent & { cogniforge: unknown };
  expect(end.delta).toEqual({ stop_reason: "end_turn", stop_sequence: null });
  expect(end.usage).toMatchObject({ input_tokens: 7, cache_read_input_tokens: 4, output_tokens: 7 });
  expect(end.usage.output_tokens_details).toEqual({ thinking_tokens: 3 });
  expect(end.cogniforge).toMatchObject({ provider: "up", cost: { amount: 0.00042 }, usage: { inputTokens: 11 } });
});

test("The Anthropic client puts a streamed message together, one block after the other", async () => {
  const stream = client.messages.stream(ask);
  const texts: string[] = [];
  const blocks: string[] = [];
  stream.on("text", (text) => texts.push(text));
  stream.on("contentBlock", (block) => blocks.push(block.type));
  const message = await stream.finalMessage();
  expect(texts.join("")).toBe("مرحبًا world");
  expect(blocks).toEqual(["thinking", "text", "thinking"]);
  expect(message.content.slice(0, 2)).toEqual([
    { type: "thinking", thinking: "Let me think", signature: "" },
    { type: "text", text: "مرحبًا world" },
  ]);
  expect(message).toMatchObject({ model: "model-1", stop_reason: "end_turn", usage: { output_tokens: 7 } });
});

test("The Anthropic client gets a message in one piece", async () => {
  const { data, response } = await client.messages.create(ask).withResponse();
  const id = response.headers.get("x-answer-id");
  expect(data).toMatchObject({ id: `msg_${id}`, type: "message", role: "assistant", model: "model-1" });
  expect(data.content).toEqual([
    { type: "thinking", thinking: "Let me think", signature: "sig-1" },
    { type: "text", text: "مرحبًا world" },
  ]);
  expect(data).toMatchObject({ stop_reason: "end_turn", stop_sequence: null });
  expect(data.usage).toMatchObject({ input_tokens: 7, cache_read_input_tokens: 4, output_tokens: 7 });
  expect(data).toMatchObject({ cogniforge: { answerId: id, cost: { amount: 0.00042 } } });
  expect(data).toMatchObject({ _request_id: `req_${id}` });
});

test("The Anthropic client says 0 where no provider reported usage, and the extension says that nobody did", async () => {
  answer = () => streamReply("ok");
  const message = await client.messages.create(ask);
  expect(message.usage).toMatchObject({ input_tokens: 0, output_tokens: 0, cache_read_input_tokens: null });
  expect(message).toMatchObject({ cogniforge: { usage: null } });
});

test("The Anthropic client runs a tool and comes back with its result and the signed thinking, streamed or not", async () => {
  for (const isStreamed of [true, false]) {
    answer = () => CALLING;
    const request = { ...ask, tools: TOOLS };
    const stream = isStreamed ? client.messages.stream(request) : undefined;
    const pieces: string[] = [];
    stream?.on("inputJson", (piece) => pieces.push(piece));
    const message = await (stream?.finalMessage() ?? client.messages.create(request));
    expect(message.stop_reason).toBe("tool_use");
    const [call] = message.content.filter((block) => block.type === "tool_use");
    expect(call).toMatchObject({ id: "call_1", name: "weather", input: { city: "حلب" } });
    if (isStreamed) expect(pieces.join("")).toBe('{"city":"حلب"}');

    answer = () => streamReply("21 degrees");
    const followed = await client.messages.create({
      ...request,
      messages: [
        ...messages,
        { role: "assistant", content: message.content },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "call_1", content: "no such city", is_error: true },
            { type: "text", text: "And now?" },
          ],
        },
      ],
    });
    expect(textOf(followed)).toBe("21 degrees");
    expect(upstream.requests.at(-1)?.json?.messages, isStreamed ? "streamed" : "in one piece").toEqual([
      { role: "user", content: "ما الطقس؟" },
      {
        role: "assistant",
        content: "I look.",
        reasoning_details: [SIGNED],
        tool_calls: [{ id: "call_1", type: "function", function: { name: "weather", arguments: '{"city":"حلب"}' } }],
      },
      { role: "tool", tool_call_id: "call_1", content: "no such city", is_error: true },
      { role: "user", content: "And now?" },
    ]);
  }
});

test("The Anthropic client gives back what it can't read: other makers' reasoning, and what belongs to a call", async () => {
  const foreign = { type: "reasoning.encrypted", data: "opaque", format: "google-gemini-v1", index: 0 };
  const extra = { google: { thought_signature: "of the call" } };
  const call = { index: 0, id: "c1", type: "function", function: { name: "weather", arguments: "{}" } };
  for (const isStreamed of [true, false]) {
    answer = () => ({
      headers: EVENT_STREAM,
      pieces: chatStream(
        delta({ reasoning: "Hm", reasoning_details: [foreign] }),
        delta({ tool_calls: [{ ...call, extra_content: extra }] }),
        finish("tool_calls"),
      ),
    });
    const request = { ...ask, tools: TOOLS };
    const { content } = await (isStreamed
      ? client.messages.stream(request).finalMessage()
      : client.messages.create(request));
    answer = () => streamReply("ok");
    const result = { type: "tool_result" as const, tool_use_id: "c1", content: "{}" };
    const history = [
      ...messages,
      { role: "assistant" as const, content },
      { role: "user" as const, content: [result] },
    ];
    await client.messages.create({ ...request, messages: history });
    expect(upstream.requests.at(-1)?.json).toMatchObject({
      messages: [
        {},
        {
          content: null,
          reasoning_details: [foreign],
          tool_calls: [{ id: "c1", function: { name: "weather", arguments: "{}" }, extra_content: extra }],
        },
        { role: "tool" },
      ],
    });
  }
});

test("The upstream receives what the Anthropic client sent, in its own vocabulary", async () => {
  const mark = { cache_control: { type: "ephemeral" as const } };
  const schema = { type: "object", properties: {}, additionalProperties: false };
  const request: Anthropic.MessageCreateParamsNonStreaming = {
    ...ask,
    system: [
      { type: "text", text: "كن موجزًا" },
      { type: "text", text: "Much to keep", ...mark },
    ],
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: "What is this?", ...mark },
          { type: "image", source: { type: "base64", media_type: "image/png", data: "aW1n" } },
          { type: "image", source: { type: "url", url: "https://example.com/a.png" } },
          { type: "document", title: "a.pdf", source: { type: "base64", media_type: "application/pdf", data: "cGRm" } },
        ],
      },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "unsigned", signature: "" },
          { type: "text", text: "A" },
        ],
      },
      { role: "user", content: "And?" },
    ],
    tools: TOOLS.map((tool) => ({ ...tool, ...mark })),
    tool_choice: { type: "any", disable_parallel_tool_use: true },
    stop_sequences: ["\n\n"],
    metadata: { user_id: "u-1" },
    thinking: { type: "enabled", budget_tokens: 1024 },
    max_tokens: 2000,
    output_config: { format: { type: "json_schema", schema } },
  };
  // The client has no name for it any more; older ones do.
  await client.messages.create({ ...request, temperature: 0.5 } as typeof request);
  const sent = upstream.requests.at(-1);
  expect(sent?.headers.authorization).toBe("Bearer sk-of-the-upstream");
  expect(sent?.json).toEqual({
    model: "alias",
    stream: true,
    stream_options: { include_usage: true },
    messages: [
      {
        role: "system",
        content: [
          { type: "text", text: "كن موجزًا" },
          { type: "text", text: "Much to keep", ...mark },
        ],
      },
      {
        role: "user",
        content: [
          { type: "text", text: "What is this?", ...mark },
          { type: "image_url", image_url: { url: "data:image/png;base64,aW1n" } },
          { type: "image_url", image_url: { url: "https://example.com/a.png" } },
          { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,cGRm" } },
        ],
      },
      { role: "assistant", content: "A", reasoning_content: "unsigned" },
      { role: "user", content: "And?" },
    ],
    tools: [
      {
        type: "function",
        function: { name: "weather", description: "Tells the weather", parameters: TOOLS[0]?.input_schema },
        ...mark,
      },
    ],
    tool_choice: "required",
    parallel_tool_calls: false,
    stop: ["\n\n"],
    temperature: 0.5,
    user: "u-1",
    reasoning_effort: "medium",
    max_tokens: 2000,
    response_format: { type: "json_schema", json_schema: { name: "answer", schema, strict: true } },
  });
});

test("The Anthropic client may be admitted by either kind of key, and by a right one beside a wrong one", async () => {
  answer = () => streamReply("ok");
  for (const one of [client, clientWith({ authToken: KEY })]) expect(textOf(await one.messages.create(ask))).toBe("ok");
  const post = (headers: Record<string, string>) => server.post("/v1/messages", ask, headers);
  const other = { authorization: "Bearer of-something-else" };
  expect((await post({ ...other, "x-api-key": KEY })).status).toBe(200);
  expect((await post({ ...other, "x-api-key": "wrong" })).status).toBe(401);
});

test("The Anthropic client throws its own errors with our codes and both languages", async () => {
  const asked = upstream.requests.length;
  const create = (more: Record<string, unknown>) => client.messages.create({ ...ask, ...more } as typeof ask);
  const user = (block: unknown) => ({ messages: [{ role: "user", content: [block] }] });
  type Case = [() => PromiseLike<unknown>, new (...args: never[]) => APIError, number, Record<string, unknown>];
  const invalid = "invalid_request_error";
  const cases: Case[] = [
    [
      () => create({ system: "Be short", messages: [{ role: "user", content: "x".repeat(100_001) }] }),
      APIError,
      413,
      { type: "request_too_large", code: "question-too-long", param: "messages" },
    ],
    [
      () => clientWith({ apiKey: "wrong" }).messages.create(ask),
      AuthenticationError,
      401,
      { type: "authentication_error", code: "unauthenticated" },
    ],
    [
      () => create({ model: "no-such-route" }),
      NotFoundError,
      404,
      { type: "not_found_error", code: "route-not-found", param: "model" },
    ],
    [
      () => create({ max_tokens: undefined }),
      BadRequestError,
      400,
      { type: invalid, code: "invalid-input", param: "max_tokens" },
    ],
    [() => create({ messages: [] }), BadRequestError, 400, { code: "invalid-input", param: "messages" }],
    [
      () => create(user({ type: "text", text: 5 })),
      BadRequestError,
      400,
      { code: "invalid-input", param: "messages.0.content.0.text" },
    ],
    [
      () => create(user({ type: "search_result" })),
      BadRequestError,
      400,
      { code: "unsupported-feature", param: "messages.0.content.0.type" },
    ],
    [
      () => create({ tools: [{ type: "web_search_20250305", name: "web_search" }] }),
      BadRequestError,
      400,
      { code: "unsupported-feature", param: "tools.0.type" },
    ],
    [() => create({ container: "c" }), BadRequestError, 400, { code: "unsupported-feature", param: "container" }],
    [
      () =>
        create({
          messages: [
            { role: "assistant", content: [{ type: "thinking", thinking: "", signature: "cogniforge.v1.e30" }] },
          ],
        }),
      BadRequestError,
      400,
      { code: "invalid-input", param: "messages.0.content" },
    ],
    [
      () => client.messages.countTokens({ model: "default", messages }),
      BadRequestError,
      400,
      { code: "unsupported-feature" },
    ],
    [() => client.messages.batches.list(), NotFoundError, 404, { type: "not_found_error", code: "not-found" }],
    [() => client.post("/v1/nowhere", { body: {} }), NotFoundError, 404, { code: "not-found" }],
  ];
  for (const [call, kind, status, wanted] of cases) {
    const error = (await rejection(call())) as APIError;
    expect(error, JSON.stringify(wanted)).toBeInstanceOf(kind);
    expect(error.status).toBe(status);
    const body = error.error as { type: string; error: unknown; request_id: string };
    expect(body).toMatchObject({ type: "error", error: wanted, request_id: error.requestID });
    expect(body.error).toMatchObject({
      message: expect.stringMatching(/[a-z]/),
      message_ar: expect.stringMatching(/[\u0621-\u064a]/),
      remedy: expect.any(String),
      remedy_ar: expect.any(String),
    });
  }
  expect(upstream.requests.length).toBe(asked);
});

test("The Anthropic client is told when all upstreams are dead, before and in a stream", async () => {
  answer = () => ({ status: 401, headers: JSON_TYPE, pieces: ['{"error":{"message":"Bad key sk-secret"}}'] });
  const error = (await rejection(client.messages.create({ ...ask, model: "gone" }))) as APIError;
  expect(error).toBeInstanceOf(InternalServerError);
  expect(error).toMatchObject({ status: 502, type: "api_error", error: { error: { code: "all-targets-failed" } } });
  expect(JSON.stringify(error.error)).not.toContain("secret");
  const inStream = await rejection(readAll(await client.messages.create({ ...ask, model: "gone", stream: true })));
  expect(inStream).toBeInstanceOf(APIError);
  expect(inStream).toMatchObject({
    type: "api_error",
    error: { type: "error", error: { code: "all-targets-failed", message_ar: expect.any(String) } },
  });
});

test("The Anthropic client may be told to wait by an upstream's limit, and that all are overloaded", async () => {
  answer = () => ({
    status: 429,
    headers: { ...JSON_TYPE, "retry-after": "17" },
    pieces: ['{"error":{"message":"Rate limit reached","code":"rate_limit_exceeded"}}'],
  });
  const limited = (await rejection(client.messages.create(ask))) as APIError;
  expect(limited).toBeInstanceOf(RateLimitError);
  expect(limited).toMatchObject({ status: 429, type: "rate_limit_error" });
  expect(limited.headers?.get("retry-after")).toBe("17");
  answer = () => ({ status: 503, headers: JSON_TYPE, pieces: ['{"error":{"message":"Overloaded"}}'] });
  const overloaded = await rejection(client.messages.create({ ...ask, model: "up/busy" }));
  expect(overloaded).toBeInstanceOf(InternalServerError);
  expect(overloaded).toMatchObject({ status: 503, type: "overloaded_error", error: { error: { code: "overloaded" } } });
});

test("A cut that a second target mends is one text in one message to the Anthropic client", async () => {
  answer = ({ json }) =>
    json?.model === "first"
      ? {
          headers: EVENT_STREAM,
          pieces: [delta({ reasoning: "First" }), "One, two, three, four, five, six, seven, ", "eight and"].map(
            (chunk) => `data: ${JSON.stringify(chunkOf(chunk))}\n\n`,
          ),
          end: "cut",
        }
      : {
          headers: EVENT_STREAM,
          pieces: chatStream(
            delta({ reasoning: "On I go" }),
            "One, two, three, four, five, six, seven, eight and nine.",
            STOP,
          ),
        };
  const message = await client.messages.stream({ ...ask, model: "rescued" }).finalMessage();
  expect(message.content).toEqual([
    { type: "thinking", thinking: "First", signature: "" },
    { type: "text", text: "One, two, three, four, five, six, seven, eight and nine." },
  ]);
  expect(message.stop_reason).toBe("end_turn");
  const again = (await client.messages.create({ ...ask, model: "rescued" })) as Anthropic.Message & {
    cogniforge: { attempts: { model: string; outcome: string }[] };
  };
  expect(textOf(again)).toBe("One, two, three, four, five, six, seven, eight and nine.");
  expect(again.cogniforge.attempts).toMatchObject([
    { model: "first", outcome: "failed" },
    { model: "second", outcome: "completed" },
  ]);

  const options = { headers: { "x-cogniforge-on-cut": "fail" } };
  const failed = await rejection(client.messages.create({ ...ask, model: "rescued" }, options));
  expect(failed).toBeInstanceOf(InternalServerError);
});

test("The Anthropic client is told that a model declined", async () => {
  answer = () => ({ headers: EVENT_STREAM, pieces: chatStream(delta({ refusal: "I would rather not." }), STOP) });
  for (const message of [await client.messages.stream(ask).finalMessage(), await client.messages.create(ask)]) {
    expect([textOf(message), message.stop_reason]).toEqual(["I would rather not.", "refusal"]);
  }
});

test("Idempotency-Key attaches the Anthropic client to the answer that has it", async () => {
  answer = () => streamReply("one ", "two");
  const asked = upstream.requests.length;
  const options = { headers: { "Idempotency-Key": "message-1" } };
  const streamed = await client.messages.stream(ask, options).finalMessage();
  const whole = await client.messages.create(ask, options);
  expect([textOf(streamed), textOf(whole)]).toEqual(["one two", "one two"]);
  expect(whole.id).toBe(streamed.id);
  expect(upstream.requests.length).toBe(asked + 1);
  const other = { ...ask, messages: [{ role: "user" as const, content: "Another question" }] };
  const error = await rejection(client.messages.create(other, options));
  expect(error).toBeInstanceOf(ConflictError);
  expect(error).toMatchObject({ status: 409, error: { error: { code: "id-taken" } } });
  expect((error as APIError).headers?.get("x-should-retry")).toBe("false");
});

test("An Anthropic client that hangs up leaves the answer running, to be read again", async () => {
  const faucet = new Faucet();
  answer = () => ({ headers: EVENT_STREAM, pieces: faucet });
  faucet.pour(`data: ${JSON.stringify(chunkOf("kept "))}\n\n`);
  const { data, response } = await client.messages.create({ ...ask, stream: true }).withResponse();
  for await (const event of data) if (event.type === "content_block_delta") break;
  const whole = new AbortController();
  const waiting = rejection(client.messages.create(ask, { signal: whole.signal }));
  whole.abort();
  expect(await waiting).toBeInstanceOf(APIUserAbortError);
  const id = response.headers.get("x-answer-id");
  const again = server.fetch(`/v1/answers/${id}/stream`, { headers: { "anthropic-version": "2023-06-01" } });
  faucet.pour(...chatStream("text", STOP));
  faucet.close();
  const text = await (await again).text();
  expect(text).toContain("event: message_stop");
  const view = (await (await server.fetch(`/v1/answers/${id}`)).json()) as Record<string, string>;
  expect(view).toMatchObject({ text: "kept text", status: "completed" });
});

test("The Anthropic client lists routes and targets, each of which can be asked", async () => {
  answer = () => streamReply("ok");
  const models = await readAll(client.models.list());
  const ids = models.map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining(["default", "gone", "rescued", "up/model-1", "dead/model-2"]));
  expect(models.every(({ type }) => type === "model")).toBe(true);
  expect(textOf(await client.messages.create({ ...ask, model: "up/refused" }))).toBe("ok");
});
