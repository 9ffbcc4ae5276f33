import { expect, test, vi } from "vitest";
import type { ConfigFile } from "../src/config/file_schema.ts";
import { startServer } from "./_server.ts";
import { chatStream, EVENT_STREAM, startUpstream, type UpstreamReply, type UpstreamRequest } from "./_upstream.ts";

vi.setConfig({ testTimeout: 20_000 });

const TEXT = "نعم 👍";
const events = (...data: Record<string, unknown>[]): UpstreamReply => ({
  headers: EVENT_STREAM,
  pieces: data.map(
    (one) => `${typeof one.type === "string" ? `event: ${one.type}\n` : ""}data: ${JSON.stringify(one)}\n\n`,
  ),
});

/** What each dialect's upstream says: the same text, of 1,000 tokens of input (100 of them from the cache) and 500 of output. */
const REPLIES: Record<string, () => UpstreamReply> = {
  "/chat/v1/chat/completions": () => ({
    headers: EVENT_STREAM,
    pieces: chatStream(TEXT, {
      choices: [{ index: 0, delta: {}, finish_reason: "stop" }],
      usage: { prompt_tokens: 1000, completion_tokens: 500, prompt_tokens_details: { cached_tokens: 100 } },
    }),
  }),
  "/responses/v1/responses": () =>
    events(
      { type: "response.created", response: { id: "r", model: "m-1", status: "in_progress", output: [] } },
      { type: "response.output_text.delta", item_id: "i", output_index: 0, content_index: 0, delta: TEXT },
      {
        type: "response.completed",
        response: {
          id: "r",
          model: "m-1",
          status: "completed",
          output: [{ type: "message", id: "i", role: "assistant", content: [{ type: "output_text", text: TEXT }] }],
          usage: { input_tokens: 1000, input_tokens_details: { cached_tokens: 100 }, output_tokens: 500 },
        },
      },
    ),
  "/anthropic/v1/messages": () =>
    events(
      {
        type: "message_start",
        message: {
          id: "a",
          role: "assistant",
          model: "m-1",
          content: [],
          usage: { input_tokens: 900, cache_read_input_tokens: 100, cache_creation_input_tokens: 0, output_tokens: 1 },
        },
      },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: TEXT } },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 500 } },
      { type: "message_stop" },
    ),
  "/gemini/v1beta/models/m:streamGenerateContent?alt=sse": () =>
    events({
      candidates: [{ content: { role: "model", parts: [{ text: TEXT }] }, finishReason: "STOP", index: 0 }],
      usageMetadata: { promptTokenCount: 1000, cachedContentTokenCount: 100, candidatesTokenCount: 500 },
      modelVersion: "m-1",
    }),
  "/ollama/api/chat": () => ({
    headers: { "content-type": "application/x-ndjson" },
    pieces: [
      `${JSON.stringify({ model: "m", message: { role: "assistant", content: TEXT }, done: false })}\n`,
      `${JSON.stringify({ model: "m", message: { role: "assistant", content: "" }, done: true, done_reason: "stop", prompt_eval_count: 1000, eval_count: 500 })}\n`,
    ],
  }),
  "/cohere/v2/chat": () =>
    events(
      { type: "message-start", id: "c", delta: { message: { role: "assistant", content: [] } } },
      { type: "content-start", index: 0, delta: { message: { content: { type: "text", text: "" } } } },
      { type: "content-delta", index: 0, delta: { message: { content: { text: TEXT } } } },
      { type: "content-end", index: 0 },
      {
        type: "message-end",
        delta: { finish_reason: "COMPLETE", usage: { tokens: { input_tokens: 1000, output_tokens: 500 } } },
      },
    ),
};

function answerTo({ path }: UpstreamRequest): UpstreamReply {
  return REPLIES[path]?.() ?? { status: 404 };
}

const DIALECTS = {
  chat: { dialect: "openai-chat", path: "chat/v1" },
  responses: { dialect: "openai-responses", path: "responses/v1" },
  claude: { dialect: "anthropic-messages", path: "anthropic/v1" },
  gemini: { dialect: "gemini", path: "gemini/v1beta" },
  ollama: { dialect: "ollama", path: "ollama/api" },
  cohere: { dialect: "cohere", path: "cohere/v2" },
} as const;

function configAt(url: string): ConfigFile {
  const providers = Object.entries(DIALECTS).map(
    ([name, { dialect, path }]) => [name, { dialect, baseUrl: `${url}/${path}`, apiKey: "sk-up", model: "m" }] as const,
  );
  return {
    providers: Object.fromEntries(providers),
    prices: {
      "m*": { input: 1, cachedInput: 0.5, output: 2 },
      "ollama/*": { input: 1, output: 2 },
      "cohere/*": { input: 1, output: 2 },
    },
  };
}

test("every dialect answers on /v1, with the cost that the file's prices give its tokens", async () => {
  await using upstream = await startUpstream(answerTo);
  await using server = await startServer({ config: configAt(upstream.url) });
  for (const name of Object.keys(DIALECTS)) {
    const messages = [{ role: "user", content: "سؤال" }];
    const response = await server.post("/v1/chat/completions", { model: `${name}/m`, messages });
    const body = (await response.json()) as {
      choices: { message: { content: string }; finish_reason: string }[];
      usage: { prompt_tokens: number; completion_tokens: number };
      cogniforge: { provider: string; cost?: { amount: number; source: string } };
    };
    expect([name, body.choices?.[0]?.message.content, body.choices?.[0]?.finish_reason]).toEqual([name, TEXT, "stop"]);
    expect([name, body.usage.prompt_tokens, body.usage.completion_tokens]).toEqual([name, 1000, 500]);
    // 900 at 1, 100 at 0.5 and 500 at 2 dollars a million; Ollama and Cohere report no cached part, and have no price for one.
    const amount = name === "ollama" || name === "cohere" ? 0.002 : 0.00195;
    expect([name, body.cogniforge.cost]).toEqual([name, { amount, currency: "USD", source: "table" }]);
  }
  const paths = upstream.requests.map(({ path }) => path);
  expect(paths).toEqual(Object.keys(REPLIES));
});

test("an answer falls back from one dialect to another, and a refusal costs nothing", async () => {
  await using upstream = await startUpstream((request, index) => (index === 0 ? { status: 401 } : answerTo(request)));
  const config: ConfigFile = {
    ...configAt(upstream.url),
    routes: { default: { targets: [{ provider: "claude" }, { provider: "gemini" }], maxRetries: 0 } },
  };
  await using server = await startServer({ config });
  const messages = [{ role: "user", content: "Hi" }];
  const response = await server.post("/v1/chat/completions", { model: "default", messages });
  const body = (await response.json()) as { cogniforge: Record<string, unknown> };
  expect(body.cogniforge).toMatchObject({ provider: "gemini", cost: { amount: 0.00195, source: "table" } });
});
