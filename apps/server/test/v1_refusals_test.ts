import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestServer } from "./_server.ts";
import { KEY, startServer } from "./_server.ts";
import { ANSWER_TABLES, countRows } from "./_traces.ts";
import type { Upstream } from "./_upstream.ts";
import { startUpstream, streamReply } from "./_upstream.ts";

const PATH = "/v1/chat/completions";
const JSON_TYPE = { "content-type": "application/json" };
const MESSAGES = [{ role: "user", content: "Hello" }];
const GOOD = { model: "up/model-1", messages: MESSAGES };

interface Refusal {
  name: string;
  path?: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  status: number;
  code: string;
  param?: string;
  /** The methods that the path has, where another was used. */
  allow?: string;
}

const asJson = (name: string, body: unknown, status: number, code: string, param?: string): Refusal => ({
  name,
  body: JSON.stringify(body),
  status,
  code,
  ...(param !== undefined && { param }),
});
const invalid = (name: string, body: unknown, param: string): Refusal =>
  asJson(name, body, 400, "invalid-input", param);

const said = (fields: Record<string, unknown>) => ({
  ...GOOD,
  messages: [...MESSAGES, { role: "assistant", ...fields }],
});
const asking = (content: unknown) => ({ ...GOOD, messages: [{ role: "user", content }] });
const call = (called: Record<string, unknown>) => ({ id: "call_1", type: "function", function: called });

const REFUSALS: readonly Refusal[] = [
  { name: "broken JSON", body: '{"model":', status: 400, code: "invalid-json" },
  { name: "no body", body: "", status: 400, code: "invalid-json" },
  { name: "JSON that is no object", body: "[1]", status: 400, code: "invalid-json" },
  { name: "bytes that are no UTF-8", body: new Uint8Array([0x7b, 0xff, 0x7d]), status: 400, code: "invalid-json" },
  invalid("no model", { messages: MESSAGES }, "model"),
  invalid("a model that is a number", { ...GOOD, model: 5 }, "model"),
  invalid("no messages", { model: "up/model-1" }, "messages"),
  invalid("an empty list of messages", { ...GOOD, messages: [] }, "messages"),
  invalid("messages that are a text", { ...GOOD, messages: "Hello" }, "messages"),
  invalid("a message with an unknown role", { ...GOOD, messages: [{ role: "king", content: "a" }] }, "messages.0.role"),
  invalid("a message that is a number", { ...GOOD, messages: [...MESSAGES, 7] }, "messages.1"),
  invalid("a stream that is a text", { ...GOOD, stream: "yes" }, "stream"),
  invalid("a negative ceiling", { ...GOOD, max_tokens: -1 }, "max_tokens"),
  invalid("more choices than can be given", { ...GOOD, n: 9 }, "n"),
  invalid("no choice at all", { ...GOOD, n: 0 }, "n"),
  invalid("half a choice", { ...GOOD, n: 1.5 }, "n"),
  invalid("a message without a role", { ...GOOD, messages: [{ content: "a" }] }, "messages.0.role"),
  invalid("a message without content", { ...GOOD, messages: [{ role: "user" }] }, "messages.0.content"),
  invalid("an assistant who says and calls nothing", said({ content: null }), "messages.1.content"),
  invalid("content without a part", { ...GOOD, messages: [{ role: "user", content: [] }] }, "messages.0.content"),
  invalid("a part without a type", asking([{ text: "a" }]), "messages.0.content.0.type"),
  invalid("a part of text without text", asking([{ type: "text" }]), "messages.0.content.0.text"),
  invalid("a part of an image without one", asking([{ type: "image_url" }]), "messages.0.content.0.image_url"),
  invalid(
    "a call without arguments",
    said({ tool_calls: [call({ name: "f" })] }),
    "messages.1.tool_calls.0.function.arguments",
  ),
  invalid(
    "a call without a name",
    said({ tool_calls: [call({ arguments: "{}" })] }),
    "messages.1.tool_calls.0.function.name",
  ),
  invalid(
    "a result without its call",
    { ...GOOD, messages: [...MESSAGES, { role: "tool", content: "a" }] },
    "messages.1.tool_call_id",
  ),
  invalid("a temperature that is a text", { ...GOOD, temperature: "hot" }, "temperature"),
  invalid("a seed that is no whole number", { ...GOOD, seed: 0.5 }, "seed"),
  invalid("a stop that is a number", { ...GOOD, stop: 5 }, "stop"),
  invalid("stops that are numbers", { ...GOOD, stop: ["a", 5] }, "stop.1"),
  invalid("tools that are an object", { ...GOOD, tools: {} }, "tools"),
  invalid("a tool without a function", { ...GOOD, tools: [{ type: "function" }] }, "tools.0.function"),
  invalid("a tool without a name", { ...GOOD, tools: [{ type: "function", function: {} }] }, "tools.0.function.name"),
  invalid("a function without a name", { ...GOOD, functions: [{}] }, "functions.0.name"),
  invalid("a format without a type", { ...GOOD, response_format: {} }, "response_format.type"),
  invalid(
    "a format without its schema",
    { ...GOOD, response_format: { type: "json_schema" } },
    "response_format.json_schema",
  ),
  invalid("log probabilities that are a number", { ...GOOD, logprobs: 5 }, "logprobs"),
  invalid("stream options that are a text", { ...GOOD, stream_options: "all" }, "stream_options"),
  invalid("metadata that are a text", { ...GOOD, metadata: "a" }, "metadata"),
  asJson("an unknown model", { ...GOOD, model: "nobody/model-1" }, 404, "route-not-found", "model"),
  asJson(
    "a question of 200 kB",
    { ...GOOD, messages: [...MESSAGES, { role: "user", content: "س".repeat(100_001) }] },
    413,
    "question-too-long",
    "messages.1.content",
  ),
  {
    ...invalid("a wrong word for cuts", GOOD, "x-cogniforge-on-cut"),
    headers: { ...JSON_TYPE, "x-cogniforge-on-cut": "maybe" },
  },
  {
    name: "another media type",
    headers: { "content-type": "text/plain" },
    body: JSON.stringify(GOOD),
    status: 415,
    code: "unsupported-media-type",
  },
  {
    name: "a wrong key",
    headers: { ...JSON_TYPE, authorization: "Bearer wrong" },
    body: JSON.stringify(GOOD),
    status: 401,
    code: "unauthenticated",
  },
  {
    name: "another scheme than Bearer",
    headers: { ...JSON_TYPE, authorization: `Basic ${KEY}` },
    body: JSON.stringify(GOOD),
    status: 401,
    code: "unauthenticated",
  },
  { name: "a wrong method", method: "PUT", body: "{}", status: 405, code: "method-not-allowed", allow: "POST" },
  { name: "GET for a completion", method: "GET", status: 405, code: "method-not-allowed", allow: "POST" },
  {
    name: "POST for an answer",
    path: "/v1/answers/some-answer",
    body: "{}",
    status: 405,
    code: "method-not-allowed",
    allow: "GET, DELETE",
  },
  { name: "an unknown path", path: "/v1/embeddings", body: "{}", status: 404, code: "not-found" },
  { name: "a path of nothing", path: "/v1", method: "GET", status: 404, code: "not-found" },
  {
    name: "an unknown answer",
    path: "/v1/answers/no-such-answer",
    method: "GET",
    status: 404,
    code: "answer-not-found",
  },
  { name: "an id that is none", path: "/v1/answers/%00", method: "GET", status: 404, code: "answer-not-found" },
  {
    name: "cancelling an unknown answer",
    path: "/v1/answers/no-such-answer",
    method: "DELETE",
    status: 404,
    code: "answer-not-found",
  },
];

let upstream: Upstream;
let server: TestServer;

beforeAll(async () => {
  upstream = await startUpstream(() => streamReply("ok"));
  const up = { dialect: "openai-chat" as const, baseUrl: `${upstream.url}/v1`, model: "model-1" };
  server = await startServer({ config: { providers: { up } } });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

test.for(REFUSALS)("/v1 refuses $name in OpenAI's shape and writes nothing", async (refusal) => {
  const before = countRows(server, ANSWER_TABLES);
  const { path = PATH, method = "POST", headers = JSON_TYPE, body, status, code, param } = refusal;
  const init: RequestInit = { method, headers, redirect: "manual" };
  if (body !== undefined) init.body = typeof body === "string" ? body : new Uint8Array(body);
  const response = await server.fetch(path, init);
  const { error } = (await response.json()) as { error: Record<string, unknown> };
  expect([response.status, error.code, error.param]).toEqual([status, code, param ?? null]);
  expect(response.headers.get("allow")).toBe(refusal.allow ?? null);
  expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
  expect(error).toEqual({
    code,
    param: param ?? null,
    type: expect.stringMatching(/_error$/),
    message: expect.stringMatching(/^[A-Z].*[a-z]/s),
    message_ar: expect.stringMatching(/[\u0621-\u064a]{2}/),
    remedy: expect.stringMatching(/[A-Za-z]/),
    remedy_ar: expect.stringMatching(/[\u0621-\u064a]{2}/),
  });
  expect(countRows(server, ANSWER_TABLES)).toEqual(before);
  expect(upstream.requests).toHaveLength(0);
});

test("/v1 refuses a body beyond its limit without reading it all, and says so", async () => {
  const before = countRows(server, ANSWER_TABLES);
  const { hostname, port } = new URL(server.url);
  const answered = new Promise<[number | undefined, string]>((resolve, reject) => {
    const asking = httpRequest({
      hostname,
      port,
      path: PATH,
      method: "POST",
      headers: { ...JSON_TYPE, authorization: `Bearer ${KEY}`, "content-length": 33 * 1024 * 1024 },
    });
    asking.once("error", reject);
    asking.once("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (piece: string) => {
        text += piece;
      });
      response.once("end", () => {
        resolve([response.statusCode, JSON.parse(text).error.code]);
        asking.destroy();
      });
    });
    // The beginning alone: whoever waits for the rest would wait for ever.
    asking.write("{");
  });
  expect(await answered).toEqual([413, "body-too-large"]);
  expect(countRows(server, ANSWER_TABLES)).toEqual(before);
});

test("/v1 goes on answering after all that, and the database shows what was written", async () => {
  const before = countRows(server, ANSWER_TABLES);
  const response = await server.post(PATH, GOOD);
  expect(await response.json()).toMatchObject({ choices: [{ message: { content: "ok" } }] });
  const after = countRows(server, ANSWER_TABLES);
  expect(after.journal_asks).toBe(before.journal_asks + 1);
  expect(after.journal_heads).toBe(before.journal_heads + 1);
  expect(after.journal_batches).toBeGreaterThan(before.journal_batches);
  expect(server.errors).toEqual([]);
});
