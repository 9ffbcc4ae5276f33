import assert from "node:assert/strict";
import { test } from "node:test";
import { UpstreamError } from "../../failures/mod.ts";
import { startUpstream, type Upstream } from "../../testing/upstream.ts";
import type { ProviderPart, ProviderRequest } from "../provider.ts";
import { type AnthropicMessagesOptions, AnthropicMessagesProvider } from "./anthropic_messages_provider.ts";

const ANSWER = JSON.stringify({ type: "message", content: [{ type: "text", text: "Hi" }], stop_reason: "end_turn" });

async function collect(provider: AnthropicMessagesProvider, parameters: ProviderRequest["parameters"] = {}) {
  const request: ProviderRequest = { model: "m", messages: [{ role: "user", content: "Hello" }], parameters };
  const parts: ProviderPart[] = [];
  const stream = provider.stream(request, { signal: new AbortController().signal, timeouts: { connectMs: 2000 } });
  for await (const batch of stream) parts.push(...batch);
  return parts;
}

async function withUpstream(answer: Parameters<typeof startUpstream>[0], run: (upstream: Upstream) => Promise<void>) {
  const upstream = await startUpstream(answer);
  try {
    await run(upstream);
  } finally {
    await upstream.close();
  }
}

test("AnthropicMessagesProvider sends its key and the version, and lets configured headers win", async () => {
  await withUpstream(
    ({ response }) => response.end(ANSWER),
    async (upstream) => {
      const options: AnthropicMessagesOptions = { name: "a", baseUrl: `${upstream.url}/v1/`, apiKey: "secret" };
      const parts = await collect(new AnthropicMessagesProvider(options));
      assert.deepEqual(parts.at(-2), { type: "text", text: "Hi" });
      await collect(
        new AnthropicMessagesProvider({
          ...options,
          headers: { "anthropic-version": "2099-01-01", "anthropic-beta": "context-1m-2025-08-07" },
        }),
      );
      const [first, second] = upstream.exchanges.map(({ request }) => request);
      assert.deepEqual([first?.method, first?.url], ["POST", "/v1/messages"]);
      assert.deepEqual([first?.headers["x-api-key"], first?.headers["anthropic-version"]], ["secret", "2023-06-01"]);
      assert.equal(first?.headers.authorization, undefined);
      assert.deepEqual(
        [second?.headers["anthropic-version"], second?.headers["anthropic-beta"]],
        ["2099-01-01", "context-1m-2025-08-07"],
      );
      assert.equal(JSON.parse(upstream.exchanges[0]?.body ?? "").stream, true);
    },
  );
});

test("AnthropicMessagesProvider reads JSON out of the tool that it forces on the model", async () => {
  await withUpstream(
    ({ body, response }) => {
      const { tool_choice } = JSON.parse(body);
      const content = [{ type: "tool_use", id: "a", name: tool_choice.name, input: { city: "مكة" } }];
      response.end(JSON.stringify({ type: "message", content, stop_reason: "tool_use" }));
    },
    async (upstream) => {
      const provider = new AnthropicMessagesProvider({ name: "a", baseUrl: upstream.url });
      const parts = await collect(provider, { response_format: { type: "json_object" } });
      const text = parts.map((part) => (part.type === "text" ? part.text : "")).join("");
      assert.deepEqual(JSON.parse(text), { city: "مكة" });
      assert.deepEqual(parts.at(-1), { type: "finish", reason: { unified: "stop", raw: "tool_use" } });
      const plain = collect(provider, { n: 2 });
      await assert.rejects(plain, UpstreamError, "what the dialect lacks fails the stream, not the call");
      assert.equal(upstream.exchanges.length, 1, "and asks nobody");
    },
  );
});

test("AnthropicMessagesProvider fails with what an error of the API means, and how long to wait", async () => {
  await withUpstream(
    ({ response }) => {
      response.writeHead(429, { "content-type": "application/json", "retry-after": "7" });
      response.end('{"type":"error","error":{"type":"rate_limit_error","message":"Slow down"},"request_id":"req_1"}');
    },
    async (upstream) => {
      const provider = new AnthropicMessagesProvider({ name: "a", baseUrl: upstream.url });
      await assert.rejects(collect(provider), (error) => {
        assert.ok(error instanceof UpstreamError);
        const { code, action, status, retryAfterMs } = error.failure;
        assert.deepEqual([code, action, status, retryAfterMs], ["rate-limit", "retry", 429, 7000]);
        return true;
      });
    },
  );
});
