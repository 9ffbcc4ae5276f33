import OpenAI, { APIError, InternalServerError } from "openai";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { ReceivedEvent } from "./_events.ts";
import { parseEvents } from "./_events.ts";
import { Faucet } from "./_faucet.ts";
import type { TestServer } from "./_server.ts";
import { KEY, startServer } from "./_server.ts";
import type { Upstream, UpstreamReply, UpstreamRequest } from "./_upstream.ts";
import { chatStream, chunkOf, EVENT_STREAM, JSON_TYPE, STOP, startUpstream } from "./_upstream.ts";

type Extended = { cogniforge: { answerIds: string[]; choices: Record<string, unknown>[]; cost: unknown } };

const usage = (prompt: number, completion: number, cost: number) => ({
  choices: [],
  usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion, cost },
});
const replyOf = (...pieces: Parameters<typeof chatStream>): UpstreamReply => ({
  headers: EVENT_STREAM,
  pieces: chatStream(...pieces),
});
const refusal: UpstreamReply = { status: 500, headers: JSON_TYPE, pieces: ['{"error":{"message":"No"}}'] };
const line = (text: string) => `data: ${JSON.stringify(chunkOf(text))}\n\n`;

const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "اكتب سطرًا" }];
const ask = { model: "up/model-1", messages, n: 2 };
const GOOD = [
  replyOf("first ", "choice", STOP, usage(10, 2, 0.25)),
  replyOf("the ", "second ", "one", STOP, usage(10, 3, 0.5)),
];

let answer: (request: UpstreamRequest, index: number) => UpstreamReply;
let upstream: Upstream;
let server: TestServer;
let client: OpenAI;
let before = 0;

beforeAll(async () => {
  upstream = await startUpstream((request, index) => answer(request, index - before));
  const up = { dialect: "openai-chat" as const, baseUrl: `${upstream.url}/v1`, model: "model-1" };
  server = await startServer({ environment: { LLM_MAX_RETRIES: "0" }, config: { providers: { up } } });
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: KEY, maxRetries: 0 });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

beforeEach(() => {
  before = upstream.requests.length;
  answer = (_request, index) => GOOD[index % 2] ?? refusal;
});

/** The texts of a stream by the choices' indexes. */
function textsOf(chunks: readonly OpenAI.ChatCompletionChunk[]): string[] {
  const texts: string[] = [];
  for (const { index, delta } of chunks.flatMap(({ choices }) => choices)) {
    texts[index] = (texts[index] ?? "") + (delta.content ?? "");
  }
  return texts;
}

function chunksOf(events: readonly ReceivedEvent[]): (OpenAI.ChatCompletionChunk & Extended)[] {
  return events.filter(({ data }) => data !== "[DONE]").map(({ data }) => JSON.parse(data));
}

test("The OpenAI client gets as many choices as it asks for, each an answer of its own", async () => {
  const { data, response } = await client.chat.completions.create({ ...ask, seed: 7 }).withResponse();
  const completion = data as OpenAI.ChatCompletion & Extended;
  expect(completion.choices.map(({ index }) => index)).toEqual([0, 1]);
  expect(completion.choices.map(({ message }) => message.content).toSorted()).toEqual([
    "first choice",
    "the second one",
  ]);
  expect(completion.choices.every(({ finish_reason }) => finish_reason === "stop")).toBe(true);
  // Both asked the model, so both questions were paid for.
  expect(completion.usage).toEqual({ prompt_tokens: 20, completion_tokens: 5, total_tokens: 25, cost: 0.75 });
  const { answerIds, choices, cost } = completion.cogniforge;
  expect(response.headers.get("x-answer-id")).toBe(answerIds.join(","));
  expect(choices).toMatchObject(answerIds.map((answerId) => ({ answerId, provider: "up" })));
  expect(cost).toEqual({ amount: 0.75, currency: "USD", source: "provider" });
  for (const [index, id] of answerIds.entries()) {
    const { text } = (await (await server.fetch(`/v1/answers/${id}`)).json()) as { text: string };
    expect(text).toBe(completion.choices[index]?.message.content);
  }
  const asked = upstream.requests.slice(before).map(({ json }) => [json?.n, json?.seed]);
  expect(asked.toSorted()).toEqual([
    [undefined, 7],
    [undefined, 8],
  ]);
});

test("The OpenAI client gets the chunks of all choices as they are said", async () => {
  const faucets = [new Faucet(), new Faucet()] as const;
  answer = (_request, index) => ({ headers: EVENT_STREAM, pieces: faucets[index] ?? [] });
  const stream = await client.chat.completions.create({
    ...ask,
    stream: true,
    stream_options: { include_usage: true },
  });
  const chunks: (OpenAI.ChatCompletionChunk & Partial<Extended>)[] = [];
  const iterator = stream[Symbol.asyncIterator]();
  const next = async () => {
    const { value } = await iterator.next();
    if (value === undefined) throw new Error("The stream has ended");
    chunks.push(value);
    return value;
  };
  // Each piece is heard before the next one is said, now of one choice and now of the other.
  faucets[0].pour(line("a1 "));
  const first = (await next()).choices[0]?.index ?? -1;
  faucets[1].pour(line("b1 "));
  expect((await next()).choices[0]?.index).toBe(1 - first);
  faucets[0].pour(line("a2"));
  expect((await next()).choices[0]).toMatchObject({ index: first, delta: { content: "a2" } });
  faucets[0].pour(...chatStream(STOP, usage(5, 2, 0.25)));
  faucets[0].close();
  expect((await next()).choices).toEqual([{ index: first, delta: {}, finish_reason: "stop" }]);
  faucets[1].pour(...chatStream("b2", STOP, usage(5, 2, 0.25)));
  faucets[1].close();
  for await (const chunk of { [Symbol.asyncIterator]: () => iterator }) chunks.push(chunk);
  expect(textsOf(chunks).toSorted()).toEqual(["a1 a2", "b1 b2"]);
  const roles = chunks.flatMap(({ choices }) => choices.flatMap(({ index, delta }) => (delta.role ? index : [])));
  expect(roles.toSorted()).toEqual([0, 1]);
  expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  const last = chunks.at(-1);
  expect(last?.usage).toEqual({ prompt_tokens: 10, completion_tokens: 4, total_tokens: 14, cost: 0.5 });
  expect(last?.cogniforge?.answerIds).toHaveLength(2);
});

test("The OpenAI client's stream helper puts the choices together", async () => {
  const { choices } = await client.chat.completions.stream({ ...ask, n: 3 }).finalChatCompletion();
  expect(choices.map(({ index }) => index)).toEqual([0, 1, 2]);
  expect(new Set(choices.map(({ message }) => message.content))).toEqual(new Set(["first choice", "the second one"]));
});

test("A stream of several choices gives exactly the rest after a cut at every chunk", async () => {
  const body = { ...ask, stream: true, stream_options: { include_usage: true } };
  const response = await server.post("/v1/chat/completions", body);
  const events = parseEvents(await response.text());
  const meant = textsOf(chunksOf(events));
  expect(meant.toSorted()).toEqual(["first choice", "the second one"]);
  const [own = "", other = ""] = (response.headers.get("x-answer-id") ?? "").split(",");
  for (const [at, { id = "" }] of events.slice(0, -1).entries()) {
    const answerId = at % 2 === 0 ? own : other;
    const rest = await server.fetch(`/v1/answers/${answerId}/stream`, { headers: { "last-event-id": id } });
    const later = parseEvents(await rest.text());
    const all = chunksOf([...events.slice(0, at + 1), ...later]);
    expect(textsOf(all), `cut after chunk ${at}`).toEqual(meant);
    const finishes = all.flatMap(({ choices }) => choices.filter(({ finish_reason }) => finish_reason !== null));
    expect(finishes.map(({ index }) => index).toSorted()).toEqual([0, 1]);
    expect(all.flatMap(({ usage: told }) => told ?? [])).toMatchObject([{ total_tokens: 25 }]);
    expect(later.at(-1), "the end keeps its id").toEqual(events.at(-1));
  }
  const end = await server.fetch(`/v1/answers/${own}/stream?cursor=${encodeURIComponent(events.at(-1)?.id ?? "")}`);
  expect(end.status).toBe(204);
  const asked = upstream.requests.length;
  const again = await server.post("/v1/chat/completions", body, { "last-event-id": events[0]?.id ?? "" });
  expect(textsOf(chunksOf([...events.slice(0, 1), ...parseEvents(await again.text())]))).toEqual(meant);
  expect(upstream.requests).toHaveLength(asked);
});

test("A position of several choices that are not all the caller's is refused", async () => {
  const response = await server.post("/v1/chat/completions", { ...ask, stream: true });
  const [first] = parseEvents(await response.text());
  const [own = ""] = (response.headers.get("x-answer-id") ?? "").split(",");
  const stranger = first?.id?.replaceAll(own, "a-strange-answer") ?? "";
  const unknown = await server.fetch(`/v1/answers/${own}/stream`, { headers: { "last-event-id": stranger } });
  expect(unknown.status).toBe(400);
  const many = Array.from({ length: 9 }, () => first?.id?.split(",")[0]).join(",");
  const tooMany = await server.fetch(`/v1/answers/${own}/stream`, { headers: { "last-event-id": many } });
  expect(tooMany.status).toBe(400);
});

test("A choice that fails is told beside those that do not, and what was paid for is given", async () => {
  answer = (_request, index) => (index === 0 ? refusal : (GOOD[1] ?? refusal));
  const completion = await client.chat.completions.create(ask);
  const [failed, good] = completion.choices.toSorted((a, b) => a.finish_reason.localeCompare(b.finish_reason));
  expect(failed).toMatchObject({ finish_reason: "error", error: { code: "server-error" }, message: { content: "" } });
  expect(good).toMatchObject({ finish_reason: "stop", message: { content: "the second one" } });
  expect(completion.usage).toMatchObject({ total_tokens: 13 });

  before = upstream.requests.length;
  const chunks: OpenAI.ChatCompletionChunk[] = [];
  for await (const chunk of await client.chat.completions.create({ ...ask, stream: true })) chunks.push(chunk);
  expect(textsOf(chunks).join("")).toBe("the second one");
  const finishes = chunks.flatMap(({ choices }) => choices.flatMap(({ finish_reason }) => finish_reason ?? []));
  expect(finishes.toSorted()).toEqual(["error", "stop"]);
});

test("A request whose choices all fail is a failure, in one piece and in a stream", async () => {
  answer = () => refusal;
  const error = await client.chat.completions.create(ask).then(undefined, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(InternalServerError);
  expect(error).toMatchObject({ code: "server-error" });
  const stream = await client.chat.completions.create({ ...ask, stream: true });
  const read = async () => {
    for await (const _chunk of stream);
  };
  const inStream = await read().then(undefined, (reason: unknown) => reason);
  expect(inStream).toBeInstanceOf(APIError);
  expect(inStream).toMatchObject({ code: "server-error" });
});

test("One Idempotency-Key names all choices: asked again, nothing is asked twice", async () => {
  const options = { headers: { "Idempotency-Key": "two lines" } };
  const first = await client.chat.completions.create(ask, options);
  const second = await client.chat.completions.create(ask, options);
  expect(second).toEqual(first);
  expect(upstream.requests.slice(before)).toHaveLength(2);
});
