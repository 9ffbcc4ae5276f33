import assert from "node:assert/strict";
import { test } from "node:test";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { finished, modelOf, said } from "../../testing/sdk_model.ts";
import { startUpstream, type UpstreamExchange } from "../../testing/upstream.ts";
import { collectResult } from "../../testing/wire_comparison.ts";
import { type ConformanceSubject, type ConformanceSubjects, providerConformance } from "../conformance.ts";
import type { ProviderRequest } from "../mod.ts";
import { AiSdkProvider } from "./mod.ts";

const REQUEST: ProviderRequest = { model: "m", messages: [{ role: "user", content: "سؤال" }], parameters: {} };
const ok = { "content-type": "text/event-stream" };
const event = (chunk: unknown) => `data: ${JSON.stringify(chunk)}\n\n`;
const delta = (fields: unknown) => event({ id: "1", model: "m-2", choices: [{ index: 0, delta: fields }] });
const text = (content: string) => delta({ content });
const finish = (word: string) => event({ choices: [{ index: 0, delta: {}, finish_reason: word }] });
const END = `${finish("stop")}data: [DONE]\n\n`;

const context = (signal = new AbortController().signal) => ({ signal, timeouts: { connectMs: 2000 } });

/** A real package of the SDK against a real upstream. */
function packageAt(url: string): AiSdkProvider {
  const sdk = createOpenAICompatible({ name: "local", baseURL: `${url}/v1`, apiKey: "sk-test", includeUsage: true });
  return new AiSdkProvider({ name: "p", model: (modelId) => sdk.chatModel(modelId) });
}

async function ask(answer: (exchange: UpstreamExchange) => unknown, request: Partial<ProviderRequest> = {}) {
  const upstream = await startUpstream(answer);
  try {
    const result = await collectResult(packageAt(upstream.url).stream({ ...REQUEST, ...request }, context()));
    return { ...result, bodies: upstream.exchanges.map(({ body }) => JSON.parse(body)), exchanges: upstream.exchanges };
  } finally {
    await upstream.close();
  }
}

const say = (...frames: string[]) =>
  (({ response }: UpstreamExchange) => response.writeHead(200, ok).end(frames.join(""))) satisfies (
    exchange: UpstreamExchange,
  ) => unknown;

async function socketSubject(frames: readonly string[], isOpen: boolean): Promise<ConformanceSubject> {
  const upstream = await startUpstream(({ response }) => {
    response.writeHead(200, ok);
    for (const frame of frames) response.write(frame);
    if (!isOpen) response.end();
  });
  return {
    provider: packageAt(upstream.url),
    isReleased: () => upstream.openResponses() === 0,
    close: () => upstream.close(),
  };
}

const ERROR = event({ error: { message: "Provider returned error", code: 502 } });

const overSockets: ConformanceSubjects = {
  answer: (pieces) => socketSubject([...pieces.map(text), END], false),
  hang: (pieces) => socketSubject(pieces.map(text), true),
  silence: async () => {
    const upstream = await startUpstream(() => {});
    return { provider: packageAt(upstream.url), close: () => upstream.close() };
  },
  fail: (pieces) => socketSubject([...pieces.map(text), ERROR], false),
};

function deafSubject(parts: readonly unknown[] | undefined, isOpen: boolean): ConformanceSubject {
  const { model, isReleased } = modelOf(parts, isOpen);
  return { provider: new AiSdkProvider({ name: "deaf", model }), isReleased };
}

const deaf: ConformanceSubjects = {
  answer: (pieces) => deafSubject([...pieces.map(said), finished("stop", "stop")], false),
  hang: (pieces) => deafSubject(pieces.map(said), true),
  silence: () => ({ provider: new AiSdkProvider({ name: "deaf", model: modelOf(undefined).model }) }),
  fail: (pieces) => deafSubject([...pieces.map(said), { type: "error", error: { message: "x", code: 502 } }], true),
};

for (const [name, subjects] of Object.entries({
  "AiSdkProvider with a package over a socket": overSockets,
  "AiSdkProvider with a model that heeds no signal": deaf,
})) {
  for (const { name: title, run } of providerConformance(name, subjects)) test(title, run);
}

test("AiSdkProvider takes text, reasoning, the model's name and usage from a package", async () => {
  const usage = {
    prompt_tokens: 11,
    completion_tokens: 22,
    prompt_tokens_details: { cached_tokens: 5 },
    completion_tokens_details: { reasoning_tokens: 6 },
    cost: 0.25,
  };
  const result = await ask(
    say(
      delta({ reasoning_content: "hm" }),
      text("نعم "),
      text("لا"),
      finish("stop"),
      event({ choices: [], usage }),
      "data: [DONE]\n\n",
    ),
  );
  assert.deepEqual([result.text, result.reasoning, result.model, result.failure], ["نعم لا", "hm", "m-2", undefined]);
  assert.deepEqual(result.finishes, [{ unified: "stop", raw: "stop" }]);
  assert.deepEqual(result.usage, { inputTokens: 11, cachedInputTokens: 5, outputTokens: 22, reasoningTokens: 6 });
  assert.deepEqual(result.cost, { amount: 0.25, currency: "USD", source: "provider" });
  assert.equal(result.exchanges[0]?.request.headers.authorization, "Bearer sk-test");
});

test("AiSdkProvider leaves unknown usage unknown", async () => {
  assert.equal((await ask(say(text("a"), END))).usage, undefined);
});

test("AiSdkProvider hands the conversation and the parameters to a package", async () => {
  const result = await ask(say(text("a"), END), {
    messages: [
      { role: "developer", content: "Be brief" },
      {
        role: "user",
        content: [
          { type: "text", text: "What is this?" },
          { type: "image_url", image_url: { url: "https://example.com/a.png" } },
          { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } },
          { type: "file", file: { filename: "b.pdf", file_data: "data:application/pdf;base64,JVBERg==" } },
        ],
      },
    ],
    parameters: {
      temperature: 0.5,
      top_p: 0.9,
      seed: 7,
      stop: "END",
      max_tokens: 50,
      reasoning_effort: "low",
      response_format: { type: "json_object" },
      service_tier: "flex",
      tools: [{ type: "function", function: { name: "f", description: "d", parameters: { type: "object" } } }],
      tool_choice: { type: "function", function: { name: "f" } },
      stream: true,
      n: 1,
    },
    maxOutputTokens: 100,
  });
  assert.equal(result.text, "a", String(result.failure?.detail));
  assert.deepEqual(result.bodies[0], {
    model: "m",
    messages: [
      { role: "system", content: "Be brief" },
      {
        role: "user",
        content: [
          { type: "text", text: "What is this?" },
          { type: "image_url", image_url: { url: "https://example.com/a.png" } },
          { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } },
          { type: "file", file: { filename: "b.pdf", file_data: "data:application/pdf;base64,JVBERg==" } },
        ],
      },
    ],
    temperature: 0.5,
    top_p: 0.9,
    seed: 7,
    stop: ["END"],
    max_tokens: 50,
    reasoning_effort: "low",
    response_format: { type: "json_object" },
    service_tier: "flex",
    tools: [{ type: "function", function: { name: "f", description: "d", parameters: { type: "object" } } }],
    tool_choice: { type: "function", function: { name: "f" } },
    stream: true,
    stream_options: { include_usage: true },
  });
});

test("AiSdkProvider carries tool calls, their signatures and their results through a whole round", async () => {
  const call = (fields: object) => delta({ tool_calls: [{ index: 0, ...fields }] });
  const first = await ask(
    say(
      call({
        id: "c1",
        type: "function",
        function: { name: "weather", arguments: '{"city":' },
        extra_content: { google: { thought_signature: "sig" } },
      }),
      call({ function: { arguments: '"مكة"}' } }),
      finish("tool_calls"),
      "data: [DONE]\n\n",
    ),
  );
  const part = first.batches.flat().find((one) => one.type === "tool-call");
  assert.deepEqual(part, {
    type: "tool-call",
    index: 0,
    id: "c1",
    name: "weather",
    arguments: '{"city":"مكة"}',
    extra: { ai_sdk: { local: { thoughtSignature: "sig" } }, google: { thought_signature: "sig" } },
  });
  assert.deepEqual(first.finishes, [{ unified: "tool-calls", raw: "tool_calls" }]);

  const toolCall = { id: "c1", type: "function", function: { name: "weather", arguments: '{"city":"مكة"}' } };
  const second = await ask(say(text("حار"), END), {
    messages: [
      { role: "user", content: "?" },
      { role: "assistant", content: null, tool_calls: [{ ...toolCall, extra_content: part?.extra }] },
      { role: "tool", tool_call_id: "c1", content: "41°" },
    ],
  });
  assert.deepEqual(second.bodies[0].messages.slice(1), [
    {
      role: "assistant",
      content: null,
      tool_calls: [{ ...toolCall, extra_content: { google: { thought_signature: "sig" } } }],
    },
    { role: "tool", tool_call_id: "c1", content: "41°" },
  ]);
});

test("AiSdkProvider judges an upstream's refusals as any other dialect does", async () => {
  const refuse = (status: number, body: unknown, headers: Record<string, string> = {}) =>
    ask(({ response }) =>
      response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body)),
    );
  const cases = [
    [await refuse(401, { error: { message: "Incorrect API key provided" } }), "provider-auth", "fallback", 401],
    [
      await refuse(429, { error: { message: "slow down", type: "rate_limit" } }, { "retry-after": "3" }),
      "rate-limit",
      "retry",
      429,
    ],
    [
      await refuse(404, { error: { message: "no such model", code: "model_not_found" } }),
      "model-not-found",
      "fallback",
      404,
    ],
    [
      await refuse(400, { error: { message: "too long", code: "context_length_exceeded" } }),
      "context-too-long",
      "fallback",
      400,
    ],
    [await refuse(503, "<html><title>503 Service Unavailable</title></html>"), "overloaded", "retry", 503],
    [await refuse(500, ""), "server-error", "retry", 500],
  ] as const;
  for (const [{ failure, batches }, code, action, status] of cases) {
    assert.deepEqual([failure?.code, failure?.action, failure?.status, batches], [code, action, status, []]);
  }
  assert.equal(cases[1][0].failure?.retryAfterMs, 3000);
});

test("AiSdkProvider judges an error inside the stream by the upstream's own words, whatever their shape", async () => {
  for (const error of [
    { error: { message: "slow down", code: 429 } },
    { error: "Rate limit reached", type: "rate_limit_error" },
  ]) {
    const { failure, text: before, finishes } = await ask(say(text("half"), event(error)));
    assert.deepEqual([failure?.code, before, finishes], ["rate-limit", "half", []], JSON.stringify(error));
  }
});

test("AiSdkProvider ends without a finish when the stream was cut, and says so when the connection broke", async () => {
  for (const frames of [[text("half")], [text("half"), "data: [DONE]\n\n"], [text("half"), 'data: {"choi']]) {
    const { failure, text: before, finishes } = await ask(say(...frames));
    assert.deepEqual([before, failure, finishes], ["half", undefined, []], frames.at(-1));
  }
  const broken = await ask(({ request, response }) =>
    response.writeHead(200, ok).write(text("half"), () => setTimeout(() => request.socket.destroy(), 20)),
  );
  assert.deepEqual([broken.text, broken.finishes], ["half", []]);
  assert.ok(broken.failure?.code === "cut" || broken.failure?.code === "network", broken.failure?.code);
});

test("AiSdkProvider skips an event that cannot be read, and fails at too many in a row", async () => {
  const rubbish = "data: {rubbish}\n\n";
  const skipped = await ask(say(text("a"), rubbish, text("b"), END));
  assert.deepEqual([skipped.text, skipped.failure, skipped.finishes.length], ["ab", undefined, 1]);
  const { failure } = await ask(say(text("a"), rubbish.repeat(4), text("b"), END));
  assert.equal(failure?.code, "malformed");
});

test("AiSdkProvider tells that nobody listens where the package's host should be", async () => {
  const upstream = await startUpstream(() => {});
  await upstream.close();
  const { failure, batches } = await collectResult(packageAt(upstream.url).stream(REQUEST, context()));
  assert.deepEqual([failure?.code, batches], ["network", []]);
});

test("AiSdkProvider ends at once when it is aborted, and the upstream hears of it", async () => {
  const upstream = await startUpstream(({ response }) => response.writeHead(200, ok).write(text("a")));
  const controller = new AbortController();
  const said: string[] = [];
  for await (const batch of packageAt(upstream.url).stream(REQUEST, context(controller.signal))) {
    for (const part of batch) {
      said.push(part.type);
      if (part.type === "text") controller.abort();
    }
  }
  const [exchange] = upstream.exchanges;
  if (exchange?.response.closed === false) await new Promise((resolve) => exchange.response.on("close", resolve));
  await upstream.close();
  assert.deepEqual(said.at(-1), "text");
});

test("AiSdkProvider leaves to another target what the SDK has no word for", async () => {
  const messages = [{ role: "user" as const, content: [{ type: "hologram" }] }];
  const wishes = [{ n: 2 }, { logprobs: true }, { tools: [{ type: "custom" }] }, { modalities: ["text", "audio"] }];
  for (const request of [{ messages }, ...wishes.map((parameters) => ({ parameters }))]) {
    const { failure, exchanges } = await ask(say(text("a"), END), request);
    assert.deepEqual([failure?.code, failure?.action, exchanges.length], ["unsupported-feature", "fallback", 0]);
  }
});
