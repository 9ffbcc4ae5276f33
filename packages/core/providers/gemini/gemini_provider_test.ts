import assert from "node:assert/strict";
import { test } from "node:test";
import { startUpstream, type UpstreamExchange } from "../../testing/upstream.ts";
import { collectResult } from "../../testing/wire_comparison.ts";
import { type GeminiOptions, GeminiProvider, type ProviderRequest } from "../mod.ts";

const REQUEST: ProviderRequest = {
  model: "gemini-2.5-flash",
  messages: [{ role: "user", content: "سؤال" }],
  parameters: {},
};
const STOP = 'data: {"candidates":[{"content":{"parts":[{"text":"نعم"}]},"finishReason":"STOP"}]}\r\n\r\n';

async function ask(options: Omit<GeminiOptions, "name">, request: Partial<ProviderRequest> = {}) {
  const provider = new GeminiProvider({ name: "p", ...options });
  const context = { signal: new AbortController().signal, timeouts: { connectMs: 1000 } };
  return await collectResult(provider.stream({ ...REQUEST, ...request }, context));
}

async function withUpstream<T>(answer: (exchange: UpstreamExchange) => unknown, run: (url: string) => Promise<T>) {
  const upstream = await startUpstream(answer);
  try {
    return { result: await run(upstream.url), exchanges: upstream.exchanges };
  } finally {
    await upstream.close();
  }
}

test("GeminiProvider posts to the model's own address, with its key in a header", async () => {
  const { result, exchanges } = await withUpstream(
    ({ response }) => response.writeHead(200, { "content-type": "text/event-stream" }).end(STOP),
    (url) => ask({ baseUrl: `${url}/v1beta/`, apiKey: "AIza-test" }),
  );
  assert.deepEqual([result.text, result.finishes.length], ["نعم", 1]);
  const { request, body } = exchanges[0] ?? assert.fail("no request came");
  assert.deepEqual(
    [request.method, request.url],
    ["POST", "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse"],
  );
  assert.equal(request.headers["x-goog-api-key"], "AIza-test");
  assert.equal(request.headers.authorization, undefined);
  assert.deepEqual(JSON.parse(body), {
    contents: [{ role: "user", parts: [{ text: "سؤال" }] }],
    generationConfig: { thinkingConfig: { includeThoughts: true } },
  });
});

test("GeminiProvider takes every form of a model's name, and lets none lead elsewhere", async () => {
  const vertex = "https://eu.example.com/v1/projects/p/locations/l/publishers/google";
  const urlOf = async (model: string, baseUrl = "https://example.com/v1beta?x=1") => {
    let called: string | undefined;
    const fetch = async (url: string) => {
      called = url;
      return new Response(STOP);
    };
    const { failure } = await ask({ baseUrl, fetch }, { model });
    return called ?? failure?.code;
  };
  const end = ":streamGenerateContent?x=1&alt=sse";
  assert.equal(await urlOf("models/m"), `https://example.com/v1beta/models/m${end}`);
  assert.equal(await urlOf("tunedModels/m"), `https://example.com/v1beta/tunedModels/m${end}`);
  assert.equal(await urlOf("a/b?c#d e"), `https://example.com/v1beta/models/a/b%3Fc%23d%20e${end}`);
  assert.equal(await urlOf("m", vertex), `${vertex}/models/m:streamGenerateContent?alt=sse`);
  for (const model of ["", "models/../../secret", "models//m", ".", "a/../b"]) {
    assert.equal(await urlOf(model), "model-not-found", model);
  }
});

test("GeminiProvider sends a configured Authorization, as Vertex wants it", async () => {
  let headers: Headers | undefined;
  const fetch = async (_: string, init: RequestInit) => {
    headers = new Headers(init.headers);
    return new Response(STOP);
  };
  await ask({ baseUrl: "https://example.com/v1", fetch, headers: { Authorization: "Bearer ya29" } });
  assert.deepEqual([headers?.get("authorization"), headers?.has("x-goog-api-key")], ["Bearer ya29", false]);
});

test("GeminiProvider fails at the first step, without a call, where Gemini cannot do what is asked", async () => {
  const fetch = async () => assert.fail("nothing is called");
  const { failure, batches } = await ask({ baseUrl: "https://example.com/v1beta", fetch }, { parameters: { n: 2 } });
  assert.deepEqual([failure?.code, failure?.action, batches], ["unsupported-feature", "fallback", []]);
});

test("GeminiProvider says which models go on from a beginning of their own message", () => {
  const provider = new GeminiProvider({ name: "p", baseUrl: "https://example.com/v1beta" });
  for (const model of [
    "gemini-2.0-flash",
    "models/gemini-2.5-pro",
    "gemini-3-flash-preview",
    "gemini-3.1-pro-preview",
  ]) {
    assert.equal(provider.acceptsPrefill(model), true, model);
  }
  for (const model of [
    "gemini-3.5-flash",
    "gemini-4-pro",
    "gemini-flash-latest",
    "gemini-2.5-flash-image",
    "gemma-3",
  ]) {
    assert.equal(provider.acceptsPrefill(model), false, model);
  }
});

test("GeminiProvider refuses a base URL that holds credentials, and never repeats them", () => {
  for (const baseUrl of ["https://u:AIza-x@example.com/v1beta", "AIza-x"]) {
    assert.throws(
      () => new GeminiProvider({ name: "p", baseUrl }),
      (thrown) => thrown instanceof TypeError && !thrown.message.includes("AIza"),
    );
  }
});

test("GeminiProvider does not mind a connection that breaks after the finish reason", async () => {
  const { result } = await withUpstream(
    ({ request, response }) =>
      response.writeHead(200).write(STOP, () => setTimeout(() => request.socket.destroy(), 20)),
    (url) => ask({ baseUrl: url }),
  );
  assert.deepEqual([result.text, result.failure, result.finishes.length], ["نعم", undefined, 1]);
});

test("GeminiProvider waits only a while for more where the connection stays open after the finish reason", async () => {
  const real = globalThis.setTimeout;
  const waits: unknown[] = [];
  // The wait is over at once.
  globalThis.setTimeout = ((run: () => void, ms?: number) => {
    if (ms === 5000) waits.push(ms);
    return real(run, ms === 5000 ? 0 : ms);
  }) as typeof setTimeout;
  try {
    const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode(STOP)) });
    const { text, failure, finishes } = await ask({
      baseUrl: "https://example.com/v1beta",
      fetch: async () => new Response(body),
    });
    assert.deepEqual([text, failure, finishes.length, waits], ["نعم", undefined, 1, [5000]]);
  } finally {
    globalThis.setTimeout = real;
  }
});
