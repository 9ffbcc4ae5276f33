import OpenAI, { RateLimitError } from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import * as z from "zod";
import type { TestServer } from "./_server.ts";
import { KEY, startServer } from "./_server.ts";
import type { Upstream, UpstreamReply } from "./_upstream.ts";
import { chatStream, EVENT_STREAM, JSON_TYPE, STOP, startUpstream, streamReply } from "./_upstream.ts";

type Json = Record<string, unknown>;

const delta = (fields: Json) => ({ choices: [{ index: 0, delta: fields, finish_reason: null }] });
const finish = (reason: string) => ({ choices: [{ index: 0, delta: {}, finish_reason: reason }] });
const replyOf = (...pieces: Parameters<typeof chatStream>): UpstreamReply => ({
  headers: EVENT_STREAM,
  pieces: chatStream(...pieces),
});
const token = (text: string, logprob: number) => ({
  token: text,
  logprob,
  bytes: [...Buffer.from(text)],
  top_logprobs: [{ token: text, logprob, bytes: null }],
});

const EXTRA = { google: { thought_signature: "c2lnbmF0dXJl" } };
const DETAIL = { type: "reasoning.text", format: "anthropic-claude-v1", index: 0 };
/** A call whose reasoning is signed in two ways, as Gemini and OpenRouter do. */
const CALLING = replyOf(
  delta({ reasoning: "Weather ", reasoning_details: [{ ...DETAIL, text: "Weather " }] }),
  delta({ reasoning: "it is", reasoning_details: [{ ...DETAIL, text: "it is" }] }),
  delta({ reasoning_details: [{ ...DETAIL, signature: "c2ln" }] }),
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
  finish("tool_calls"),
);
const ANSWERED = replyOf("إنّها ", "٢١ درجة", STOP);
const PARAMETERS = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };

const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "ما الطقس في حلب؟" }];
const ask = { model: "up/model-1", messages };

let replies: UpstreamReply[];
let upstream: Upstream;
let server: TestServer;
let client: OpenAI;
let asked = 0;

beforeAll(async () => {
  upstream = await startUpstream(() => replies.shift() ?? streamReply("too much"));
  const baseUrl = `${upstream.url}/v1`;
  server = await startServer({
    environment: { LLM_MAX_RETRIES: "0" },
    config: {
      providers: {
        up: { dialect: "openai-chat", baseUrl, model: "model-1" },
        able: { dialect: "openai-chat", baseUrl, model: "model-2", prefill: "prefix" },
      },
      routes: {
        known: { targets: [{ provider: "up", model: "openai/gpt-4o-mini" }] },
        both: { targets: [{ provider: "up" }, { provider: "able" }] },
      },
    },
  });
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: KEY, maxRetries: 0 });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

beforeEach(() => {
  replies = [];
  asked = upstream.requests.length;
});

const requestBodies = () => upstream.requests.slice(asked).map(({ json }) => json ?? {});
const messagesOf = (body: Json | undefined) => body?.messages as Json[];

for (const stream of [false, true]) {
  test(`runTools() of the OpenAI client makes its round trip, ${stream ? "streamed" : "in one piece"}`, async () => {
    replies = [CALLING, ANSWERED];
    const cities: string[] = [];
    const weather = {
      type: "function" as const,
      function: {
        name: "weather",
        parameters: PARAMETERS,
        parse: (text: string) => JSON.parse(text) as { city: string },
        description: "Tells the weather of a city",
        function: ({ city }: { city: string }) => {
          cities.push(city);
          return "21";
        },
      },
    };
    const runner = stream
      ? client.chat.completions.runTools({ ...ask, stream: true, tools: [weather] })
      : client.chat.completions.runTools({ ...ask, tools: [weather] });
    expect(await runner.finalContent()).toBe("إنّها ٢١ درجة");
    expect(cities).toEqual(["حلب"]);
    const [first, second] = requestBodies();
    expect(first?.tools).toMatchObject([{ type: "function", function: { name: "weather", parameters: PARAMETERS } }]);
    const [, said, result] = messagesOf(second);
    expect(said).toMatchObject({ role: "assistant", tool_calls: [{ id: "call_1", function: { name: "weather" } }] });
    expect(result).toMatchObject({ role: "tool", tool_call_id: "call_1", content: "21" });
  });
}

test("A message of the OpenAI client goes to the provider as it came from it", async () => {
  replies = [CALLING, ANSWERED];
  const tools: OpenAI.ChatCompletionTool[] = [{ type: "function", function: { name: "weather" } }];
  const [choice] = (await client.chat.completions.create({ ...ask, tools })).choices;
  if (choice === undefined) throw new Error("There is no choice");
  expect(choice.message).toEqual({
    role: "assistant",
    content: null,
    refusal: null,
    reasoning: "Weather it is",
    reasoning_content: "Weather it is",
    reasoning_details: [{ ...DETAIL, text: "Weather it is", signature: "c2ln" }],
    tool_calls: [
      {
        id: "call_1",
        type: "function",
        function: { name: "weather", arguments: '{"city":"حلب"}' },
        extra_content: EXTRA,
      },
    ],
  });
  const result = { role: "tool" as const, tool_call_id: "call_1", content: "21" };
  await client.chat.completions.create({ ...ask, tools, messages: [...messages, choice.message, result] });
  expect(messagesOf(requestBodies()[1])).toEqual([...messages, choice.message, result]);
});

test("Images, sound and files of the OpenAI client reach the provider untouched", async () => {
  replies = [ANSWERED];
  const content: OpenAI.ChatCompletionContentPart[] = [
    { type: "text", text: "ما هذا؟" },
    { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=", detail: "low" } },
    { type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } },
    { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,JVBERi0=" } },
  ];
  await client.chat.completions.create({ ...ask, messages: [{ role: "user", content }] });
  expect(messagesOf(requestBodies()[0])).toEqual([{ role: "user", content }]);
});

test("parse() of the OpenAI client gets what its schema describes", async () => {
  const format = zodResponseFormat(z.object({ city: z.string(), degrees: z.number() }), "weather");
  replies = [streamReply('{"city":', '"حلب",', '"degrees":21}')];
  const { choices } = await client.chat.completions.parse({ ...ask, response_format: format });
  expect(choices[0]?.message.parsed).toEqual({ city: "حلب", degrees: 21 });
  expect(requestBodies()[0]?.response_format).toMatchObject({ type: "json_schema", json_schema: { name: "weather" } });
  replies = [streamReply('{"city":', '"حلب",', '"degrees":21}')];
  const streamed = await client.chat.completions.stream({ ...ask, response_format: format }).finalChatCompletion();
  expect(streamed.choices[0]?.message.parsed).toEqual({ city: "حلب", degrees: 21 });
});

test("The OpenAI client gets log probabilities if it asks for them, and only then", async () => {
  const tokens = [token("نعم", -0.1), token(" yes", -0.7)];
  const reply = () =>
    replyOf(
      ...tokens.map((one) => ({
        choices: [{ index: 0, delta: { content: one.token }, logprobs: { content: [one] }, finish_reason: null }],
      })),
      STOP,
    );
  const asking = { ...ask, logprobs: true, top_logprobs: 1 };
  replies = [reply(), reply(), reply()];
  const whole = await client.chat.completions.create(asking);
  expect(whole.choices[0]?.logprobs).toEqual({ content: tokens, refusal: null });
  expect(requestBodies()[0]).toMatchObject({ logprobs: true, top_logprobs: 1 });
  const streamed = await client.chat.completions.stream(asking).finalChatCompletion();
  expect(streamed.choices[0]?.logprobs).toEqual({ content: tokens, refusal: null });
  const without = await client.chat.completions.create(ask);
  expect(without.choices[0]?.logprobs).toBeNull();
});

test("The OpenAI client may use the old functions: they are tools for the provider", async () => {
  const functions = [{ name: "weather", parameters: PARAMETERS }];
  const called = { name: "weather", arguments: '{"city":"حلب"}' };
  replies = [CALLING, CALLING, ANSWERED];
  const [choice] = (await client.chat.completions.create({ ...ask, functions, function_call: "auto" })).choices;
  expect(choice).toMatchObject({ finish_reason: "function_call", message: { content: null, function_call: called } });
  expect(choice?.message.tool_calls).toBeUndefined();
  const streamed = await client.chat.completions.stream({ ...ask, functions }).finalChatCompletion();
  expect(streamed.choices[0]).toMatchObject({ finish_reason: "function_call", message: { function_call: called } });
  const result = { role: "function" as const, name: "weather", content: "21" };
  const turn = [...messages, { role: "assistant" as const, content: null, function_call: called }, result];
  await client.chat.completions.create({ ...ask, functions, messages: turn });
  const [first, , third] = requestBodies();
  expect(first).toMatchObject({ tools: [{ type: "function", function: functions[0] }], tool_choice: "auto" });
  expect(first).not.toHaveProperty("functions");
  expect(messagesOf(third).slice(1)).toEqual([
    { role: "assistant", content: null, tool_calls: [{ id: "call_1", type: "function", function: called }] },
    { role: "tool", tool_call_id: "call_1", content: "21" },
  ]);
});

test("The OpenAI client is told what of its usage is unknown", async () => {
  replies = [replyOf("a", STOP, { choices: [], usage: { completion_tokens: 3 } }), streamReply("a")];
  const { usage } = await client.chat.completions.create(ask);
  expect(usage).toEqual({ prompt_tokens: null, completion_tokens: 3, total_tokens: null });
  expect(await client.chat.completions.create(ask)).not.toHaveProperty("usage");
});

test("The OpenAI client waits as long as a limit says, and asks again by itself", async () => {
  const limit: UpstreamReply = {
    status: 429,
    headers: { ...JSON_TYPE, "retry-after-ms": "30" },
    pieces: ['{"error":{"message":"Rate limit reached","code":"rate_limit_exceeded"}}'],
  };
  replies = [limit, ANSWERED];
  const patient = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: KEY, maxRetries: 1 });
  const { choices } = await patient.chat.completions.create(ask);
  expect(choices[0]?.message.content).toBe("إنّها ٢١ درجة");
  expect(requestBodies()).toHaveLength(2);
  // Under one key the failure is the answer: the client is told not to ask for it again.
  replies = [limit, ANSWERED];
  const keyed = patient.chat.completions.create(ask, { headers: { "Idempotency-Key": "limited" } });
  const error = await keyed.then(undefined, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(RateLimitError);
  expect((error as RateLimitError).headers?.get("x-should-retry")).toBe("false");
  expect(requestBodies()).toHaveLength(3);
});

test("The OpenAI client gets one model with what is known of it", async () => {
  expect(await client.models.retrieve("able/model-2")).toEqual({
    id: "able/model-2",
    object: "model",
    created: 0,
    owned_by: "able",
    cogniforge: { kind: "target", isTrial: false, isUsable: true, abilities: { streaming: true, prefill: true } },
  });
  expect(await (await server.fetch("/v1/models/able/model-2")).json()).toMatchObject({ id: "able/model-2" });
  // What a model's makers document of its family.
  expect(await client.models.retrieve("up/openai/gpt-4o-mini")).toMatchObject({
    cogniforge: { abilities: { streaming: true, tools: true, images: true, structuredOutput: true, reasoning: false } },
  });
  // Only one of the route's two targets is known to go on from a beginning.
  expect(await client.models.retrieve("both")).toMatchObject({
    cogniforge: { kind: "route", targets: ["up/model-1", "able/model-2"], abilities: { streaming: true } },
  });
  const error = await client.models.retrieve("nobody").then(undefined, (reason: unknown) => reason);
  expect(error).toMatchObject({ status: 404, code: "route-not-found", param: "model" });
});

test("The OpenAI client is told that a model declines, and in which words", async () => {
  const declined = () =>
    replyOf(delta({ role: "assistant", refusal: "I can't " }), delta({ refusal: "do that." }), STOP);
  const format = zodResponseFormat(z.object({ city: z.string() }), "weather");
  replies = [declined(), declined()];
  const whole = await client.chat.completions.parse({ ...ask, response_format: format });
  const wanted = { finish_reason: "stop", message: { content: null, refusal: "I can't do that.", parsed: null } };
  expect(whole.choices[0]).toMatchObject(wanted);
  const streamed = await client.chat.completions.stream({ ...ask, response_format: format }).finalChatCompletion();
  expect(streamed.choices[0]).toMatchObject({ finish_reason: "stop", message: { refusal: "I can't do that." } });
  expect(streamed.choices[0]?.message.content ?? null).toBeNull();
});
