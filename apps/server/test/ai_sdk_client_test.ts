import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { APICallError, generateText, isStepCount, jsonSchema, Output, streamText, tool } from "ai";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Faucet } from "./_faucet.ts";
import type { TestServer } from "./_server.ts";
import { KEY, startServer } from "./_server.ts";
import type { Upstream, UpstreamReply } from "./_upstream.ts";
import { chatStream, chunkOf, EVENT_STREAM, JSON_TYPE, STOP, startUpstream, streamReply } from "./_upstream.ts";

type Json = Record<string, unknown>;

const delta = (fields: Json) => ({ choices: [{ index: 0, delta: fields, finish_reason: null }] });
const replyOf = (...pieces: Parameters<typeof chatStream>): UpstreamReply => ({
  headers: EVENT_STREAM,
  pieces: chatStream(...pieces),
});

const USAGE = {
  prompt_tokens: 11,
  completion_tokens: 7,
  total_tokens: 18,
  prompt_tokens_details: { cached_tokens: 4 },
  completion_tokens_details: { reasoning_tokens: 3 },
};
const RICH = replyOf(
  delta({ role: "assistant", reasoning_content: "دعني " }),
  delta({ reasoning_content: "أفكّر" }),
  "مرحبًا ",
  "world 🌅",
  STOP,
  { choices: [], usage: USAGE },
);
const EXTRA = { google: { thought_signature: "c2lnbmF0dXJl" } };
const CALLING = replyOf(
  delta({
    tool_calls: [
      {
        index: 0,
        id: "call_1",
        type: "function",
        function: { name: "weather", arguments: '{"city":"حلب"}' },
        extra_content: EXTRA,
      },
    ],
  }),
  { choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }] },
  { choices: [], usage: USAGE },
);

const prompt = "ما الطقس في حلب؟";
let replies: UpstreamReply[];
let upstream: Upstream;
let server: TestServer;
let asked = 0;

beforeAll(async () => {
  upstream = await startUpstream(() => replies.shift() ?? streamReply("too much"));
  const up = { dialect: "openai-chat" as const, baseUrl: `${upstream.url}/v1`, model: "model-1" };
  server = await startServer({ environment: { LLM_MAX_RETRIES: "0" }, config: { providers: { up } } });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

beforeEach(() => {
  replies = [RICH];
  asked = upstream.requests.length;
});

function modelOf(id = "up/model-1", apiKey = KEY) {
  const provider = createOpenAICompatible({
    name: "cogniforge",
    baseURL: `${server.url}/v1`,
    apiKey,
    includeUsage: true,
    supportsStructuredOutputs: true,
  });
  return provider(id);
}

function weatherTool(cities: string[]) {
  return tool({
    inputSchema: jsonSchema<{ city: string }>({ type: "object", properties: { city: { type: "string" } } }),
    execute: ({ city }) => {
      cities.push(city);
      return { degrees: 21 };
    },
  });
}

const requestBodies = () => upstream.requests.slice(asked).map(({ json }) => json ?? {});
const messagesOf = (body: Json | undefined) => body?.messages as Json[];
const rejection = (promise: PromiseLike<unknown>) => promise.then(undefined, (error: unknown) => error);

test("generateText() of the AI SDK gets text, reasoning, finish, usage and the model's name", async () => {
  const result = await generateText({ model: modelOf(), prompt });
  expect(result.text).toBe("مرحبًا world 🌅");
  expect(result.reasoningText).toBe("دعني أفكّر");
  expect(result.finishReason).toBe("stop");
  expect(result.usage).toMatchObject({
    inputTokens: 11,
    outputTokens: 7,
    totalTokens: 18,
    inputTokenDetails: { cacheReadTokens: 4 },
    outputTokenDetails: { reasoningTokens: 3 },
  });
  expect(result.response.modelId).toBe("model-1");
  expect(result.response.headers?.["x-answer-id"]).toMatch(/^[\w-]{8,64}$/);
});

test("streamText() of the AI SDK gets the same, piece by piece", async () => {
  const faucet = new Faucet();
  replies = [{ headers: EVENT_STREAM, pieces: faucet }];
  const result = streamText({ model: modelOf(), prompt });
  const pieces = result.textStream[Symbol.asyncIterator]();
  // Each piece is heard before the next one is said.
  for (const text of ["مرحبًا ", "world ", "🌅"]) {
    faucet.pour(`data: ${JSON.stringify(chunkOf(text))}\n\n`);
    expect((await pieces.next()).value).toBe(text);
  }
  faucet.pour(...chatStream(STOP, { choices: [], usage: USAGE }));
  faucet.close();
  expect((await pieces.next()).done).toBe(true);
  expect(await result.text).toBe("مرحبًا world 🌅");
  expect(await result.finishReason).toBe("stop");
  expect(await result.usage).toMatchObject({ inputTokens: 11, outputTokens: 7, totalTokens: 18 });
});

test("streamText() of the AI SDK gets reasoning as parts of their own, before the text", async () => {
  const result = streamText({ model: modelOf(), prompt });
  const types: string[] = [];
  let reasoning = "";
  for await (const part of result.stream) {
    if (types.at(-1) !== part.type) types.push(part.type);
    if (part.type === "reasoning-delta") reasoning += part.text;
  }
  expect(reasoning).toBe("دعني أفكّر");
  const parts = types.filter((type) => /^(reasoning|text)-/.test(type));
  expect(parts).toEqual([
    "reasoning-start",
    "reasoning-delta",
    "reasoning-end",
    "text-start",
    "text-delta",
    "text-end",
  ]);
});

test("The AI SDK makes its round trip with a tool, and hands back what the provider wants back", async () => {
  for (const isStreamed of [false, true]) {
    replies = [CALLING, RICH];
    asked = upstream.requests.length;
    const cities: string[] = [];
    const options = { model: modelOf(), prompt, tools: { weather: weatherTool(cities) }, stopWhen: isStepCount(3) };
    const text = isStreamed ? await streamText(options).text : (await generateText(options)).text;
    expect(text).toBe("مرحبًا world 🌅");
    expect(cities).toEqual(["حلب"]);
    const [first, second] = requestBodies();
    expect(first?.tools).toMatchObject([{ type: "function", function: { name: "weather" } }]);
    expect(messagesOf(second).slice(1)).toMatchObject([
      {
        role: "assistant",
        tool_calls: [
          { id: "call_1", function: { name: "weather", arguments: '{"city":"حلب"}' }, extra_content: EXTRA },
        ],
      },
      { role: "tool", tool_call_id: "call_1", content: '{"degrees":21}' },
    ]);
  }
});

test("Output.object() of the AI SDK gets what its schema describes, whole and in part", async () => {
  const schema = jsonSchema<{ city: string; degrees: number }>({
    type: "object",
    properties: { city: { type: "string" }, degrees: { type: "number" } },
    required: ["city", "degrees"],
    additionalProperties: false,
  });
  const output = Output.object({ schema });
  replies = [streamReply('{"city":', '"حلب",', '"degrees":21}'), streamReply('{"city":', '"حلب",', '"degrees":21}')];
  const whole = await generateText({ model: modelOf(), prompt, output });
  expect(whole.output).toEqual({ city: "حلب", degrees: 21 });
  expect(requestBodies()[0]?.response_format).toMatchObject({ type: "json_schema", json_schema: { strict: true } });
  const streamed = streamText({ model: modelOf(), prompt, output });
  expect(await streamed.output).toEqual({ city: "حلب", degrees: 21 });
});

test("The AI SDK throws its own errors, and knows which are worth another try", async () => {
  const limit = { "retry-after-ms": "20" };
  const cases: [() => PromiseLike<unknown>, Json][] = [
    [() => generateText({ model: modelOf("up/model-1", "wrong"), prompt }), { statusCode: 401, isRetryable: false }],
    [() => generateText({ model: modelOf("no-such-route"), prompt }), { statusCode: 404, isRetryable: false }],
    [
      () => generateText({ model: modelOf(), prompt, providerOptions: { cogniforge: { top_logprobs: "many" } } }),
      { statusCode: 400, isRetryable: false },
    ],
    [
      () => {
        replies = [{ status: 429, headers: { ...JSON_TYPE, ...limit }, pieces: ['{"error":{"message":"Wait"}}'] }];
        return generateText({ model: modelOf(), prompt, maxRetries: 0 });
      },
      { statusCode: 429, isRetryable: true },
    ],
  ];
  for (const [ask, wanted] of cases) {
    const error = await rejection(ask());
    expect(error).toBeInstanceOf(APICallError);
    expect(error).toMatchObject(wanted);
    const { error: body } = JSON.parse((error as APICallError).responseBody ?? "{}");
    expect((error as APICallError).message).toBe(body.message);
    expect(body.message_ar).toMatch(/[\u0621-\u064a]/);
  }
  replies = [{ status: 429, headers: { ...JSON_TYPE, ...limit }, pieces: ['{"error":{"message":"Wait"}}'] }, RICH];
  const { text } = await generateText({ model: modelOf(), prompt, maxRetries: 1 });
  expect(text).toBe("مرحبًا world 🌅");
});

test("The AI SDK is told in its stream of a failure after the first text", async () => {
  replies = [{ headers: EVENT_STREAM, pieces: [`data: ${JSON.stringify(chunkOf("heard"))}\n\n`], end: "cut" }];
  const result = streamText({
    model: modelOf(),
    prompt,
    headers: { "x-cogniforge-on-cut": "fail" },
    onError() {},
  });
  let text = "";
  const errors: unknown[] = [];
  for await (const part of result.stream) {
    if (part.type === "text-delta") text += part.text;
    if (part.type === "error") errors.push(part.error);
  }
  expect(text).toBe("heard");
  expect(errors).toHaveLength(1);
  expect(JSON.stringify(errors[0]) + String(errors[0])).toMatch(/interrupted|cut|stopped|broke/i);
});

test("Aborting the AI SDK ends its call", async () => {
  replies = [{ headers: EVENT_STREAM, pieces: [`data: ${JSON.stringify(chunkOf("heard"))}\n\n`], end: "hang" }];
  const abort = new AbortController();
  const result = streamText({ model: modelOf(), prompt, abortSignal: abort.signal });
  const types: string[] = [];
  for await (const part of result.stream) {
    types.push(part.type);
    if (part.type === "text-delta") abort.abort();
  }
  expect(types.at(-1)).toBe("abort");
  const whole = new AbortController();
  replies = [{ headers: EVENT_STREAM, pieces: [], end: "hang" }];
  const waiting = rejection(generateText({ model: modelOf(), prompt, abortSignal: whole.signal }));
  whole.abort();
  expect(await waiting).toMatchObject({ name: "AbortError" });
});
